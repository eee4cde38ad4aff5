"""Run as a script: `clickhouse local`, out of the library given first, with the other arguments."""

import ctypes
import sys


def main() -> str | None:
    path, *arguments = sys.argv[1:]
    library = ctypes.CDLL(path)
    library.chdb_query_cmdline.restype = ctypes.c_void_p
    library.chdb_result_error.argtypes = [ctypes.c_void_p]
    library.chdb_result_error.restype = ctypes.c_char_p
    words = [b"clickhouse", *map(str.encode, arguments)]
    argv = (ctypes.c_char_p * (len(words) + 1))(*words, None)
    error = library.chdb_result_error(library.chdb_query_cmdline(len(words), argv))
    return error.decode() if error else None


if __name__ == "__main__":
    sys.exit(main())
