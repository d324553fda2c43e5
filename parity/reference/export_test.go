package reference

// QuantizeProgram and RunProgram locate the programs for tests of their command
// lines.
var (
	QuantizeProgram = quantizeProgram.locate
	RunProgram      = runProgram.locate
)
