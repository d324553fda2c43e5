package litert

import "encoding/json"

// The keys of a rule in litert-quantizer's recipe files.
type (
	ruleFields struct {
		Regex     string       `json:"regex"`
		Operation string       `json:"operation"`
		Algorithm Algorithm    `json:"algorithm_key"`
		Config    configFields `json:"op_config"`
	}
	configFields struct {
		Weights            *weightFields `json:"weight_tensor_config,omitempty"`
		ComputePrecision   string        `json:"compute_precision"`
		ExplicitDequantize bool          `json:"explicit_dequantize"`
		SkipChecks         bool          `json:"skip_checks"`
		MinElements        uint64        `json:"min_weight_elements"`
	}
	weightFields struct {
		Bits        uint8       `json:"num_bits"`
		Symmetric   bool        `json:"symmetric"`
		Granularity Granularity `json:"granularity"`
		Type        string      `json:"dtype"`
		Parameters  *parameters `json:"algorithm_params,omitempty"`
	}
	parameters struct {
		MostRotated int32 `json:"max_hadamard_size"`
	}
)

// MarshalJSON writes the rule as litert-quantizer reads it.
func (r Rule) MarshalJSON() ([]byte, error) {
	f := ruleFields{Regex: r.Regex, Operation: r.Operation, Algorithm: r.Algorithm}
	f.Config.ComputePrecision = "FLOAT"
	if r.Algorithm == NoQuantize {
		return json.Marshal(f)
	}
	f.Config.ExplicitDequantize = true
	if r.Config.Dynamic {
		f.Config.ComputePrecision, f.Config.ExplicitDequantize = "INTEGER", false
	}
	f.Config.MinElements = r.Config.MinElements
	f.Config.Weights = &weightFields{r.Config.Bits, !r.Config.Asymmetric, r.Config.Granularity, "INT", nil}
	if r.Config.MostRotated > 0 {
		f.Config.Weights.Parameters = &parameters{r.Config.MostRotated}
	}
	if r.Config.Float {
		f.Config.Weights.Type = "FLOAT"
	}
	return json.Marshal(f)
}
