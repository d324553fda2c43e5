package wheel

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var named = regexp.MustCompile(`^v(\d+\.\d+\.\d+)(?:-(alpha|beta|rc)\.?(\d+))?(?:[-.](?:0\.)?(\d{14})-([0-9a-f]{12}))?(\+dirty)?$`)

// Version is a version of Go's as PEP 440 has it: v1.2.3-rc.1 is 1.2.3rc1, and a pseudo-version is
// a development release, with the commit as its local part.
func Version(name string) (string, error) {
	m := named.FindStringSubmatch(name)
	if m == nil {
		return "", fmt.Errorf("version %q: want one such as v1.2.3, v1.2.3-alpha.1, -beta.1 or -rc.1 for Python", name)
	}
	out, local := m[1], ""
	if m[2] != "" {
		n, err := strconv.Atoi(m[3])
		if err != nil {
			return "", err
		}
		if m[4] != "" {
			n++ // what is after rc1 is on its way to rc2
		}
		out += map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}[m[2]] + strconv.Itoa(n)
	}
	if m[4] != "" {
		out, local = out+".dev"+m[4], "g"+m[5]
	}
	if m[6] != "" {
		local = strings.TrimPrefix(local+".dirty", ".")
	}
	if local != "" {
		out += "+" + local
	}
	return out, nil
}
