package repair

// A sparse tensor's buffer has fewer values than its shape: those that are not zero,
// as the tensor's sparsity says.
var sparseWeights = Repair{
	Name:    "sparse-weights",
	Applies: "a constant is sparse",
	Breaks:  "is refused by runtimes or computes garbage, and is often larger than before",
	Does:    "the constant as it was",
	keep: func(c *candidate) string {
		if c.plan.Model.Subgraphs[c.index].Tensors[c.tensor].Sparsity == nil {
			return ""
		}
		return "sparse, stays as it is"
	},
}
