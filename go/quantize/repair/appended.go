package repair

// AppendedFiles is made where files are read and written: a plan has no bytes after
// the model.
const AppendedFiles = "appended-files"

var appendedFiles = Repair{
	Name:    AppendedFiles,
	Applies: "a file has bytes after the model, such as a zip with labels or a vocabulary",
	Breaks:  "has lost them",
	Does:    "the bytes as they were, each at the same place modulo 64, and in a zip offsets that are right for its new place",
}
