package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func recipeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "recipe",
		Short: "List the recipes that --recipe takes by name, print one, or begin one",
		Args:  noArguments,
	}
	groupOnly(c)
	c.AddCommand(recipeListCommand(), recipeShowCommand(), recipeInitCommand())
	return c
}

func recipeListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the recipes that --recipe takes by name",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				return encode(c.OutOrStdout(), options.Recipes())
			}
			return printRecipes(c)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON, each recipe with what its file would hold")
	return c
}

func printRecipes(c *cobra.Command) error {
	out, maker := c.OutOrStdout(), ""
	for _, r := range options.Recipes() {
		if r.Maker != maker {
			if maker != "" {
				fmt.Fprintln(out)
			}
			maker = r.Maker
			fmt.Fprintln(out, text.Styled(out, text.Strong, maker))
		}
		if _, err := fmt.Fprintf(out, "  %-24s %s\n", r.Name, r.Does); err != nil {
			return err
		}
	}
	return nil
}

func recipeShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Print a recipe as the file that --recipe takes as well",
		Args:  oneRecipe,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return recipeNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			r, err := options.RecipeNamed(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s\n", r.JSON)
			return err
		},
	}
}

func oneRecipe(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usageErrorf("missing argument: want the name of a recipe, of those that quantize recipe list prints")
	case len(args) > 1:
		return usageErrorf("unexpected argument %q: want one recipe", args[1])
	}
	return nil
}
