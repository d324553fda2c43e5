// Package outcome has the words for how our file of a model compares with
// upstream's. Everything that compares uses them, and so do cases that state
// their outcome.
package outcome

// An Outcome says how ours and upstream compare on one model under one set of options.
type Outcome uint8

// The outcomes.
const (
	// Different: both make files, which differ.
	Different Outcome = iota
	// Equal: both make the same file, byte for byte.
	Equal
	// EqualUnits: all quantized constants are the same, of graphs that may differ.
	EqualUnits
	// EqualDefined: the files are equal wherever upstream's bytes are defined;
	// elsewhere it reads memory that it should not.
	EqualDefined
	// RefusedByBoth: both return an error.
	RefusedByBoth
	// OursKeeps: upstream's file lacks data of the model, which ours keeps. Of the
	// same model with these data where upstream looks, it makes our file.
	OursKeeps
	// Tolerated: upstream makes a file of a model that ours refuses, on purpose.
	Tolerated
	// OursRefuses: upstream makes a file, ours returns an error.
	OursRefuses
	// UpstreamRefuses: ours makes a file, upstream returns an error.
	UpstreamRefuses
	// UpstreamCrashes: upstream's process ends.
	UpstreamCrashes
	// UpstreamHangs: upstream gives no answer in time.
	UpstreamHangs
	// Invalid: ours refuses to read the file, and upstream was not asked.
	Invalid
	// Undefined: not compared, because no byte of upstream's file is defined.
	Undefined
)

// All lists the outcomes, the good ones first.
var All = []Outcome{Equal, EqualUnits, EqualDefined, RefusedByBoth, OursKeeps, Tolerated,
	OursRefuses, UpstreamRefuses, Invalid, Undefined, UpstreamCrashes, UpstreamHangs, Different}

var names = [...]string{
	Different:       "different",
	Equal:           "equal",
	EqualUnits:      "equal in every unit",
	EqualDefined:    "equal where upstream's bytes are defined",
	RefusedByBoth:   "refused by both",
	OursKeeps:       "upstream loses data, ours keeps them",
	Tolerated:       "upstream tolerates it, ours refuses",
	OursRefuses:     "upstream makes a file, ours refuses",
	UpstreamRefuses: "ours makes a file, upstream refuses",
	UpstreamCrashes: "upstream crashes",
	UpstreamHangs:   "upstream gives no answer",
	Invalid:         "not compared: the file is invalid",
	Undefined:       "not compared: upstream's bytes are undefined",
}

func (o Outcome) String() string { return names[o] }

// Good reports whether a comparison was made and found ours to be right. The
// other outcomes may still be known of a model, and then expected.
func (o Outcome) Good() bool {
	switch o {
	case Equal, EqualUnits, EqualDefined, RefusedByBoth, OursKeeps, Tolerated:
		return true
	}
	return false
}
