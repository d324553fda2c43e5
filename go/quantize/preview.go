package quantize

import (
	"errors"
	"fmt"
	"io"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
)

// Preview calls f with the plan that File would apply to the model in a file, and with
// the report that it would return, without times and the output's path. Nothing is
// written. The plan may not be used once f has returned.
//
// The error is f's, or one of File's.
func Preview(in string, q Quantizer, f func(p *Plan, r *report.Report) error, options ...RunOption) error {
	return viewFile(in, func(data []byte) error {
		return naming(in, preview(in, data, q, options, f))
	})
}

// PreviewBundle is Preview for each model of a bundle: Member of the report is its name.
func PreviewBundle(in string, q Quantizer, f func(p *Plan, r *report.Report) error, options ...RunOption) error {
	return viewFile(in, func(data []byte) error {
		if err := checkBundle(data); err != nil {
			return fmt.Errorf("%s: %w", in, err)
		}
		return viewMembers("", data, sniff.Deepest, func(name string, data []byte) error {
			err := preview(in, data, q, options, func(p *Plan, r *report.Report) error {
				r.Member = name
				return f(p, r)
			})
			return naming(in+": "+name, err)
		})
	})
}

// naming puts the name of a file before what is wrong with its model.
func naming(name string, err error) error {
	if errors.Is(err, ErrModel) || errors.Is(err, tflite.ErrFormat) || errors.Is(err, tflite.ErrTooLarge) || errors.Is(err, ErrNotSmaller) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// errPreviewed ends the making of a file before its first byte.
var errPreviewed = errors.New("the file is not made")

func preview(in string, data []byte, q Quantizer, options []RunOption, f func(p *Plan, r *report.Report) error) error {
	m, size, err := read(data)
	if err != nil {
		return err
	}
	p, err := NewCheckedPlan(newRun(options).ctx, m, q)
	if err != nil {
		return err
	}
	c := newConversion(nil, in, "", fixed{p}, options)
	c.data = data
	c.begin = func(int64) (io.WriterAt, error) { return nil, errPreviewed }
	if err := c.make(m, size); err != errPreviewed {
		return err
	}
	if c.report.Unchanged == "" {
		if err := c.report.Warn(c.run.ctx, p); err != nil {
			return err
		}
	}
	c.report.Seconds = report.Seconds{}
	return f(p, &c.report)
}

// Describe calls f with the model in a file, and with a report that says of the file
// what File's would. The model may not be used once f has returned.
//
// The error is f's, or one of View's.
func Describe(in string, f func(m *tflite.ModelT, r *report.Report) error) error {
	return viewFile(in, func(data []byte) error { return naming(in, describe(in, "", data, f)) })
}

// DescribeBundle is Describe for each model of a bundle.
func DescribeBundle(in string, f func(m *tflite.ModelT, r *report.Report) error) error {
	return viewFile(in, func(data []byte) error {
		if err := checkBundle(data); err != nil {
			return fmt.Errorf("%s: %w", in, err)
		}
		return viewMembers("", data, sniff.Deepest, func(name string, data []byte) error {
			return naming(in+": "+name, describe(in, name, data, f))
		})
	})
}

func describe(in, member string, data []byte, f func(m *tflite.ModelT, r *report.Report) error) error {
	m, size, err := tflite.ReadPrefix(data)
	if err != nil {
		return err
	}
	c := newConversion(nil, in, "", nil, nil)
	c.data, c.report.Member = data, member
	c.describe(readAppended(data, size))
	return f(m, &c.report)
}
