"""What a process would hand over."""

from ingest.pipeline import Pipeline


def frozen(pipeline: Pipeline) -> list[bytes]:
    """The frames of all that a pipeline remembers."""
    frames: list[bytes] = []
    pipeline.freeze(lambda frame: frames.append(bytes(frame)))
    return frames
