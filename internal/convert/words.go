package convert

import (
	"regexp"
	"strings"
)

// A finding is something that TensorFlow says, and the words for it. Their %s is
// what the pattern's group matches.
type finding struct {
	pattern string // compiled when TensorFlow says something
	words   string
}

var findings = []finding{
	{
		`(?m)^TF Select ops: (.+?)\s*$`,
		"TFLite has no operator for %s: add --" + TargetOpsFlag + "=TFLITE_BUILTINS,SELECT_TF_OPS, and run the model where TensorFlow's kernels (the Flex delegate) are linked in",
	},
	{
		`(?m)^Custom ops: (.+?)\s*$`,
		"neither TFLite nor TensorFlow has %s: add --" + CustomOpsFlag + ", and register kernels for custom operators where the model runs",
	},
	{
		`Op type not registered '([^']*)'`,
		"TensorFlow does not know the operator %s: add --" + CustomOpsFlag + ` and --` + CustomDefsFlag + ` with its OpDef, such as "name: '%[1]s' input_arg: {name: 'x' type: DT_FLOAT} output_arg: {name: 'y' type: DT_FLOAT}"`,
	},
	{
		`No OpKernel was registered to support Op '([^']*)'`,
		"TensorFlow has no kernel for the operator %s, which a graph of TensorFlow 1 needs: save the model again by TensorFlow 2, as a tf.function",
	},
	{
		`(Lowering tensor list ops is failed)`,
		"a recurrent layer has a free batch size: add --" + SingleBatchFlag + " for the batch size 1, or save the model with a signature whose TensorSpec has a fixed batch size",
	},
	{
		`Could not find variable (\S+?)\. `,
		"the variable %s has no value: copy the whole folder that was saved, with its folder variables",
	},
	{
		`fail to (parse) extra OpDef`,
		"--" + CustomDefsFlag + ": not an OpDef in text format: want one such as \"name: 'Op' input_arg: {name: 'x' type: DT_FLOAT} output_arg: {name: 'y' type: DT_FLOAT}\"",
	},
}

// explainStatus puts a status of the converter, its code and its message, into
// words. What is not known is TensorFlow's own first sentence.
func explainStatus(said string) string {
	var words []string
	for _, f := range findings {
		if m := f.match(said); m != nil {
			words = append(words, f.inWords(m[1]))
		}
	}
	if len(words) > 0 {
		return strings.Join(words, "; ")
	}
	code, message, _ := strings.Cut(said, " ")
	return "TensorFlow's converter refuses it with status " + code + ": " + firstReason(message)
}

func (f *finding) match(said string) []string {
	return regexp.MustCompile(f.pattern).FindStringSubmatch(said)
}

func (f *finding) inWords(group string) string {
	return strings.NewReplacer("%s", group, "%[1]s", group).Replace(f.words)
}

const errorLine = `(?m)^(?:<unknown>:0|loc\(.*\)): error: (.*)$`

// firstReason is the first error in a message of MLIR, without the place in the
// graph that is in front of it, or the first line.
func firstReason(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	if m := regexp.MustCompile(errorLine).FindStringSubmatch(message); m != nil {
		line = m[1]
	} else if _, reason, ok := strings.Cut(line, "<unknown>:0: error: "); ok {
		line = reason
	}
	if strings.HasPrefix(line, "loc(") {
		if at := strings.LastIndex(line, "): "); at >= 0 {
			line = line[at+len("): "):]
		}
	}
	return strings.TrimSpace(line)
}
