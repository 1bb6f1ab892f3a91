"""What zipfile raises on bytes that are no archive; each way of packing has its own errors."""

from __future__ import annotations

import sys
import zipfile
import zlib

UNZIP_ERRORS: tuple[type[Exception], ...] = (
    OSError, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError

    UNZIP_ERRORS = (*UNZIP_ERRORS, ZstdError)
