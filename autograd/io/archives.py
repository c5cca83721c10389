"""Zip archives: what `.pt` and `.npz` files are. Written as a stream, read with every checksum compared.

A file that was cut off, or in which a bit has flipped, must not load as other numbers; and a file of some kilobytes must
not fill the memory. So the sizes are looked at first, then each member is read to its end, where zip compares its CRC-32.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from .errors import UnpicklingError

ALWAYS_EXPANDED = 1 << 28  # bytes that any archive may expand to,
EXPANSION = 100  # and how many times its own size a larger one may: numbers of a model do not compress that well

LONGEST_END = 22 + (1 << 16)  # bytes of an archive's end with its comment
MANY = 0xFFFF  # there as the number of members where it has no room


class _Stream:
    """A file that is only written to; zipfile then counts from where the archive begins."""

    def __init__(self, file: Any) -> None:
        self.write = file.write

    def flush(self) -> None:
        """Nothing to do before the file itself is closed."""


@contextmanager
def written(file: Any) -> Iterator[zipfile.ZipFile]:
    """An archive to write members into, by `member`."""
    with zipfile.ZipFile(_Stream(file), "w", allowZip64=True) as archive:  # type: ignore[call-overload]
        yield archive


def member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A member to write to; without a date, so that the same data are the same bytes."""
    return archive.open(zipfile.ZipInfo(name), "w", force_zip64=True)


def is_archive(file: IO[bytes]) -> bool:
    """Whether a file begins or ends as an archive does; one that was damaged at one end is still seen as one."""
    file.seek(0)
    return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or zipfile.is_zipfile(file)


def members(file: IO[bytes]) -> dict[str, bytes]:
    """What each member of an archive holds. Raises UnpicklingError for damage and for what expands beyond measure."""
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_count(file, size, len(archive.infolist()))
            _check_sizes(archive.infolist(), size)
            return {info.filename: _read(archive, info) for info in archive.infolist()}
    except UnpicklingError:
        raise
    except (zipfile.BadZipFile, RuntimeError, ValueError, OverflowError, OSError, EOFError, zlib.error) as error:
        raise UnpicklingError(f"the archive was damaged or cut off ({error})") from error


def _check_count(file: IO[bytes], size: int, found: int) -> None:
    """The archive ends with the number of its members, which zipfile does not compare: damage may hide some of them."""
    file.seek(max(0, size - LONGEST_END))
    end = file.read()
    at = end.rfind(b"PK\x05\x06") + 10
    count = int.from_bytes(end[at : at + 2], "little")
    if count not in (found, MANY):
        raise UnpicklingError(f"the archive was damaged: it has {count} members, and {found} were found")


def _check_sizes(infos: list[zipfile.ZipInfo], size: int) -> None:
    if len({info.filename for info in infos}) < len(infos):
        raise UnpicklingError("two members of the archive have the same name")
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnpicklingError(f"{info.filename} is compressed by a method other than deflate; save it without")
    expanded = sum(info.file_size for info in infos)
    if expanded > max(ALWAYS_EXPANDED, EXPANSION * size):
        raise UnpicklingError(
            f"the archive has {size} bytes and would expand to {expanded}, more than {EXPANSION} times as much; "
            "if that is right, save it without compression"
        )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)  # never more than the size that was looked at, and to the end
    if len(content) != info.file_size:
        raise UnpicklingError(f"{info.filename} has {len(content)} bytes, {info.file_size} are required")
    return content
