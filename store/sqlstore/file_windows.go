package sqlstore

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock locks a file for this process alone; an error when another has it. The byte locked lies past
// what the file holds, so that the text in it can still be read.
func tryLock(file *os.File) error {
	return windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: 1 << 30})
}

// syncDir does nothing: NTFS journals the names in a folder, and folders cannot be flushed.
func syncDir(string) error { return nil }

// free is how many bytes may still be written where the folder is.
func free(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var available uint64
	err = windows.GetDiskFreeSpaceEx(path, &available, nil, nil)
	return available, err
}
