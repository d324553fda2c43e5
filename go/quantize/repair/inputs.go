package repair

var graphInputs = Repair{
	Name:    "graph-inputs",
	Applies: "a constant is an input of its subgraph as well, with the constant as its default",
	Breaks:  "expects another type of the caller than the model did",
	Does:    "the constant as it was",
	keep: func(c *candidate) string {
		if !c.inputs[c.tensor] {
			return ""
		}
		return "an input of the subgraph, stays as it is"
	},
}
