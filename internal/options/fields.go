package options

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// largestRecipe is the largest recipe file in bytes.
const largestRecipe = 1_000_000

// fields reads the fields of a JSON file one after another, and knows their lines.
type fields struct {
	path string
	data []byte
	d    *json.Decoder
}

func openFields(path string) (*fields, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && litert.Missing(path) != "" {
		return nil, checkName("--"+recipeFlag, path)
	}
	if errors.Is(err, fs.ErrNotExist) && slices.Contains(names(types), path) {
		return nil, errorf("--"+recipeFlag, "%q is a type: want --type %[1]s", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errorf("--"+recipeFlag, "no file or recipe %q: want a file in JSON, or %s", path, nearestRecipe(path))
	}
	if err != nil {
		return nil, recipeError(path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, largestRecipe+1))
	if err != nil {
		return nil, recipeError(path, err)
	}
	if len(data) > largestRecipe {
		return nil, errorf(path, "more than %s: want a recipe in JSON", text.Size(largestRecipe))
	}
	return newFields(path, data)
}

func recipeError(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return errorf(path, "%v: want a recipe in JSON", err)
}

// newFields checks that the data are JSON.
func newFields(path string, data []byte) (*fields, error) {
	f := &fields{path: path, data: data}
	if plain, err := hujson.Standardize(data); err == nil { // at the same places, without comments
		f.data = plain
	}
	var all json.RawMessage
	if err := json.Unmarshal(f.data, &all); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, errorf(f.at(max(syntax.Offset, 1)-1), "%v: want a recipe in JSON", err)
		}
		return nil, recipeError(path, err)
	}
	f.rewind()
	return f, nil
}

func (f *fields) rewind() {
	f.d = json.NewDecoder(bytes.NewReader(f.data))
	f.d.UseNumber()
}

// isList reports whether the file is a JSON list.
func (f *fields) isList() bool { return bytes.HasPrefix(bytes.TrimSpace(f.data), []byte("[")) }

// at is the place of a byte: the file and its line.
func (f *fields) at(offset int64) string {
	return fmt.Sprintf("%s:%d", f.path, 1+bytes.Count(f.data[:offset], []byte("\n")))
}

// next is the place of what is read next.
func (f *fields) next() string {
	offset := f.d.InputOffset()
	for int(offset) < len(f.data) && bytes.IndexByte([]byte(" \t\r\n,:"), f.data[offset]) >= 0 {
		offset++
	}
	return f.at(offset)
}

// A field is a value that is read next.
type field struct {
	key   string // its name in its object
	path  string // its name in the file, such as rules[2].format
	place string // the file, the line and the path
}

// object reads an object: set is called for each field and reads its value. The
// keys are those that there are; nil lets all through.
func (f *fields) object(in field, keys []string, set func(field) error) error {
	if err := f.value(in, "an object", func(t json.Token) bool { return t == json.Delim('{') }); err != nil {
		return err
	}
	seen := map[string]bool{}
	for f.d.More() {
		at := f.next()
		token, err := f.d.Token()
		if err != nil {
			return recipeError(f.path, err)
		}
		key := token.(string) // as the file is JSON
		path := strings.TrimPrefix(in.path+"."+key, ".")
		switch {
		case seen[key]:
			return errorf(at, "%s given twice", path)
		case keys != nil && !slices.Contains(keys, key):
			return unknownKey(at, key, keys)
		}
		seen[key] = true
		if err := set(field{key, path, f.next() + ": " + path}); err != nil {
			return err
		}
	}
	return f.end()
}

func unknownKey(place, key string, keys []string) error {
	if near := text.Nearest(key, keys); near != "" {
		return errorf(place, "unknown key %q: did you mean %q?", key, near)
	}
	return errorf(place, "unknown key %q: want %s", key, alternatives(keys))
}

// list reads a list: each is called for every element and reads it.
func (f *fields) list(in field, each func(field) error) error {
	if err := f.value(in, "a list", func(t json.Token) bool { return t == json.Delim('[') }); err != nil {
		return err
	}
	for i := 0; f.d.More(); i++ {
		path := fmt.Sprintf("%s[%d]", in.path, i)
		if err := each(field{path: path, place: f.next() + ": " + path}); err != nil {
			return err
		}
	}
	return f.end()
}

// end reads the bracket that ends an object or a list.
func (f *fields) end() error {
	if _, err := f.d.Token(); err != nil {
		return recipeError(f.path, err)
	}
	return nil
}

// skip reads a value and drops it.
func (f *fields) skip() error {
	var v json.RawMessage
	if err := f.d.Decode(&v); err != nil {
		return recipeError(f.path, err)
	}
	return nil
}

// text reads a string.
func (f *fields) text(in field, to *string) error {
	return f.value(in, "a string", func(t json.Token) (ok bool) { *to, ok = t.(string); return ok })
}

// truth reads true or false.
func (f *fields) truth(in field, to *bool) error {
	return f.value(in, "true or false", func(t json.Token) (ok bool) { *to, ok = t.(bool); return ok })
}

// number reads a whole number that has at most so many bits.
func (f *fields) number(in field, bits int, to *uint64) error {
	return f.value(in, "a whole number, 0 or more", func(t json.Token) bool {
		n, ok := t.(json.Number)
		if !ok {
			return false
		}
		var err error
		*to, err = strconv.ParseUint(n.String(), 10, bits)
		return err == nil
	})
}

// value reads the first token of a value. What take does not take is an error.
func (f *fields) value(in field, wanted string, take func(json.Token) bool) error {
	token, err := f.d.Token()
	if err != nil {
		return recipeError(f.path, err)
	}
	if take(token) {
		return nil
	}
	found := fmt.Sprint(token)
	switch t := token.(type) {
	case nil:
		found = "null"
	case string:
		found = strconv.Quote(t)
	}
	return errorf(in.place, "invalid value %s: want %s", found, wanted)
}
