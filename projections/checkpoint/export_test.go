package checkpoint

// Path returns where the File is.
func (f *File) Path() string { return f.path }
