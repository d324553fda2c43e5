package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

func recipeInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "init MODEL.tflite",
		Short:   "Print a recipe for a model, with comments on all that can be changed",
		Example: "  quantize recipe init model.tflite > recipe.json\n  quantize model.tflite --recipe recipe.json",
		Args:    oneModel,
		RunE: func(c *cobra.Command, args []string) error {
			return quantize.View(args[0], func(m *tflite.ModelT) error {
				p, err := quantize.NewPlan(m, quantize.Options{Repairs: repair.Every()})
				if errors.Is(err, quantize.ErrModel) {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				if err != nil {
					return err
				}
				_, err = c.OutOrStdout().Write(options.InitRecipe(p))
				return err
			})
		},
		ValidArgsFunction: completeFiles("tflite"),
	}
}
