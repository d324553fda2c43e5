package tflite

import "strconv"

// BuiltinOperators returns the builtin operators of the schema by ascending code.
func BuiltinOperators() []BuiltinOperator {
	return enumValues[BuiltinOperator](namesBuiltinOperator[:])
}

// ParseBuiltinOperator returns the builtin operator of a name in the schema, such
// as "CONV_2D". ok is false where there is none; case counts.
func ParseBuiltinOperator(name string) (op BuiltinOperator, ok bool) {
	for i, n := range namesBuiltinOperator {
		if n == name {
			return BuiltinOperator(i), true
		}
	}
	return 0, false
}

// TensorTypes returns the types of tensors of the schema by ascending number.
func TensorTypes() []TensorType { return enumValues[TensorType](namesTensorType[:]) }

func enumValues[T ~int8 | ~int32](names []string) []T {
	values := make([]T, len(names))
	for i := range values {
		values[i] = T(i)
	}
	return values
}

// enumName returns names[v]; "TYPE(v)" for a number without a name.
func enumName(enum string, names []string, v int64) string {
	if 0 <= v && v < int64(len(names)) {
		return names[v]
	}
	return enum + "(" + strconv.FormatInt(v, 10) + ")"
}
