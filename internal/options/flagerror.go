package options

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// FlagError puts an error of the flag parser of a command into the form of all
// others. The set has the flags that there are.
func FlagError(command string, set *pflag.FlagSet, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return errorf("", "unknown flag --help: see %s --help", command)
	case errors.As(err, &unknown):
		if unknown.GetSpecifiedShortnames() != "" {
			return errorf("", "unknown flag -%s: see %s --help", unknown.GetSpecifiedName(), command)
		}
		return unknownFlag(command, set, unknown.GetSpecifiedName())
	case errors.As(err, &missing):
		name := missing.GetFlag().Name
		value, _ := pflag.UnquoteUsage(missing.GetFlag())
		return errorf("--"+name, "missing value: want --%s %s", name, value)
	case errors.As(err, &invalid):
		wanted := "a whole number, 0 or more"
		switch invalid.GetFlag().Value.Type() {
		case "bool":
			wanted = "true or false"
		case "duration":
			wanted = "a duration, such as 90s or 10m"
		}
		return errorf("--"+invalid.GetFlag().Name, "invalid value %q: want %s", invalid.GetValue(), wanted)
	}
	return &Error{"", err.Error()}
}

func unknownFlag(command string, set *pflag.FlagSet, name string) error {
	var known []string
	set.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	if near := text.Nearest(name, known); near != "" {
		return errorf("", "unknown flag --%s: did you mean --%s?", name, near)
	}
	return errorf("", "unknown flag --%s: see %s --help", name, command)
}
