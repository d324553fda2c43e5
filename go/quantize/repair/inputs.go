package repair

import "slices"

var graphInputs = Repair{
	Name:    "graph-inputs",
	Applies: "a constant is an input of its subgraph as well, with the constant as its default",
	Breaks:  "expects another type of the caller than the model did",
	Does:    "the constant as it was",
	keep: func(c *Candidate) string {
		if !slices.Contains(c.Plan.Model.Subgraphs[c.Subgraph].Inputs, c.Tensor) {
			return ""
		}
		return "an input of the subgraph, stays as it is"
	},
}
