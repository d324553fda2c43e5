package tflite

// BuiltinCode returns the operator that an operator code stands for: the larger of
// its two fields, since files write one or both.
func BuiltinCode(c *OperatorCodeT) BuiltinOperator {
	return max(BuiltinOperator(c.DeprecatedBuiltinCode), c.BuiltinCode)
}

// OperatorName returns the operator's name in the schema, such as CONV_2D, or the
// custom code of a custom operator.
func OperatorName(c *OperatorCodeT) string {
	code := BuiltinCode(c)
	if code == BuiltinOperatorCUSTOM {
		return c.CustomCode
	}
	return code.String()
}
