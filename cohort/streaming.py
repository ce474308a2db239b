"""Send a long file while it is being made."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse


def stream_file(pieces: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """Answer with ``pieces`` as a file called ``name``, one piece at a time, each made by one thread for files."""
    return StreamingHttpResponse(
        pieces,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
