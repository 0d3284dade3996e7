"""HDF5 files whose bytes do not depend on when they were written."""

from os import PathLike, fspath

import h5py


def new_file(path: str | PathLike[str]) -> h5py.File:
    """Create a file that keeps no times, in place of what is there."""
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_obj_track_times(False)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
    access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    return h5py.File(h5py.h5f.create(fspath(path).encode(), h5py.h5f.ACC_TRUNC, creation, access))


def add_group(file: h5py.File, name: str) -> h5py.Group:
    """Create a group that keeps no times, or return the one that is there."""
    if name in file:
        return file[name]
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_obj_track_times(False)
    return h5py.Group(h5py.h5g.create(file.id, name.encode(), None, creation))
