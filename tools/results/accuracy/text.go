package accuracy

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// languages are files of the Universal Declaration of Human Rights. Many are alike.
var languages = strings.Fields(`
	afr azj_latn bel bos_latn bul cat ces cym dan deu_1996 ell_monotonic eng est eus fin fra gle glg hrv
	hun ind isl ita lav lit mkd mlt nld nno nob pol por_PT ron_2006 rus slk slv spa swe tur`)

const (
	window   = 48 // bytes of UTF-8 that a model reads
	windows  = 60 // of a language's test
	learning = .7 // the share of a text, its beginning, that is trained on
)

// texts returns windows of the ends of the texts, as bytes; those of training, three
// bytes apart, are of the beginnings.
func texts(training bool) (items, error) {
	folder, err := runfiles.Find("declarations/package/declaration")
	if err != nil {
		return items{}, err
	}
	var all []string
	var labels []int
	for label, language := range languages {
		text, err := paragraphs(filepath.Join(folder, language+".html"))
		if err != nil {
			return items{}, err
		}
		split := int(learning * float64(len(text)))
		part, step := text[split:], (len(text)-split-window)/windows
		if training {
			part, step = text[:split], 3
		}
		for i := 0; i+window <= len(part) && (training || i < windows*step); i += step {
			all = append(all, cut(part[i:]))
			labels = append(labels, label)
		}
	}
	return items{labels, func(i int) reference.Tensor { return bytesAsInts([]byte(all[i]), window) }}, nil
}

// cut returns the whole characters of a window.
func cut(text string) string {
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	text = text[:min(window, len(text))]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

var (
	paragraph = regexp.MustCompile(`(?s)<p>(.*?)</p>`)
	mark      = regexp.MustCompile(`<[^>]*>`)
)

// paragraphs returns the text of a page, without titles.
func paragraphs(path string) (string, error) {
	page, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, m := range paragraph.FindAllStringSubmatch(string(page), -1) {
		parts = append(parts, html.UnescapeString(mark.ReplaceAllString(m[1], "")))
	}
	text := strings.Join(parts, " ")
	if len(text) < window*windows {
		return "", fmt.Errorf("%s: %d bytes of paragraphs, want at least %d", path, len(text), window*windows)
	}
	return text, nil
}
