package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// registerCompletion completes values of the flags that say how to quantize.
func registerCompletion(c *cobra.Command) {
	for flag, choices := range options.Choices() {
		c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return choices(), cobra.ShellCompDirectiveNoFileComp
		})
	}
	c.RegisterFlagCompletionFunc("recipe", completeRecipes)
	c.RegisterFlagCompletionFunc("like", completeFiles("tflite"))
	c.RegisterFlagCompletionFunc("keep", completePatterns(""))
	c.RegisterFlagCompletionFunc("rule", completePatterns("="))
	c.ValidArgsFunction = completeFiles("tflite", "task", "litertlm")
}

func completeFiles(extensions ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeRecipes gives the names of recipes; a file may be named too.
func completeRecipes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return recipeNames(), cobra.ShellCompDirectiveDefault
}

func recipeNames() []string {
	var names []string
	for _, r := range options.Recipes() {
		names = append(names, r.Name)
	}
	return names
}

// mostCompleted is how many names of a model are offered.
const mostCompleted = 1000

// completePatterns gives the tensors and operators of the model that is named already,
// with an end behind each.
func completePatterns(end string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveNoFileComp
		if end != "" {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		if pattern, _, ok := strings.Cut(typed, "="); ok && end != "" {
			return []string{pattern + "=keep", pattern + "=int8", pattern + "=float16"}, cobra.ShellCompDirectiveNoFileComp
		}
		if len(args) == 0 || isStream(args[0]) {
			return nil, directive
		}
		var out []string
		quantize.View(args[0], func(m *tflite.ModelT) error {
			for _, name := range patternsOf(m) {
				if strings.HasPrefix(name, typed) && len(out) < mostCompleted {
					out = append(out, strings.Clone(name)+end)
				}
			}
			return nil
		})
		return out, directive
	}
}

// patternsOf are the names of a model's float constants, and its operators.
func patternsOf(m *tflite.ModelT) []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] && !strings.ContainsAny(name, "\n\t") {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, c := range m.OperatorCodes {
		add("op:" + tflite.OperatorName(c))
	}
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			if t.Type == tflite.TensorTypeFLOAT32 && int64(t.Buffer) < int64(len(m.Buffers)) && len(m.Buffers[t.Buffer].Data) > 0 {
				add(t.Name)
			}
		}
	}
	return out
}
