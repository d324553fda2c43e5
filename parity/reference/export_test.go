package reference

// These locate the programs for tests of their command
// lines.
var (
	QuantizeProgram = quantizeProgram.locate
	ConvertProgram  = convertProgram.locate
	RunProgram      = runProgram.locate
)
