/* For LD_PRELOAD: fsync and fdatasync of the spool's files do what the file at SYNC_SWITCH says:
   "fail" lets them fail with EIO, "hold" lets them wait until it says something else and tells so in a file beside it, ".held". */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_of_spool(int file) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name && strstr(name, "spool");
}

static int says(const char *word) {
    char text[8] = "";
    const char *path = getenv("SYNC_SWITCH");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 && strncmp(text, word, strlen(word)) == 0;
}

static void tell_that_it_holds(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s.held", getenv("SYNC_SWITCH"));
    close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int sync_as_switched(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (is_of_spool(file)) {
        while (says("hold")) {
            tell_that_it_holds();
            usleep(1000);
        }
        if (says("fail")) {
            errno = EIO;
            return -1;
        }
    }
    return real(file);
}

int fsync(int file) { return sync_as_switched("fsync", file); }

int fdatasync(int file) { return sync_as_switched("fdatasync", file); }
