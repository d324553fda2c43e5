package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	spdx "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	"github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
)

const (
	project  = "tflite-quantize"
	homepage = "https://" + gotool.Module
	unstated = "NOASSERTION" // as SPDX has it
	ours     = common.ElementID("Package-tflite-quantize")
)

// sbom is the list of what a release consists of, as SPDX 2.3 in JSON: its files, and
// the modules that are linked into programs.
func sbom(v version, modules []linked, files []archive.File) ([]byte, error) {
	doc := &v2_3.Document{
		SPDXVersion:       v2_3.Version,
		DataLicense:       v2_3.DataLicense,
		SPDXIdentifier:    "DOCUMENT",
		DocumentName:      project + " " + v.name,
		DocumentNamespace: homepage + "/spdx/" + v.name,
		CreationInfo: &v2_3.CreationInfo{
			Creators: []common.Creator{{CreatorType: "Tool", Creator: project + "-release"}},
			Created:  v.time.Format(time.RFC3339),
		},
	}
	own := newPackage(ours, gotool.Module, v.name, "Apache-2.0", "APPLICATION")
	own.PackageDownloadLocation = "git+" + homepage + "@" + v.commit
	doc.Packages = []*v2_3.Package{own}
	relate(doc, "DOCUMENT", common.TypeRelationshipDescribe, ours)
	for i, m := range modules {
		id := common.ElementID(fmt.Sprintf("Package-%d", i+1))
		p, err := modulePackage(id, m)
		if err != nil {
			return nil, err
		}
		doc.Packages = append(doc.Packages, p)
		relate(doc, ours, common.TypeRelationshipDependsOn, id)
	}
	for i, f := range files {
		id := common.ElementID(fmt.Sprintf("File-%d", i+1))
		doc.Files = append(doc.Files, releaseFile(id, f))
		relate(doc, id, common.TypeRelationshipGeneratedFrom, ours)
	}
	var out bytes.Buffer
	err := spdx.Write(doc, &out, spdx.Indent("  "), spdx.EscapeHTML(false))
	return out.Bytes(), err
}

func relate(doc *v2_3.Document, a common.ElementID, how string, b common.ElementID) {
	doc.Relationships = append(doc.Relationships, &v2_3.Relationship{
		RefA: common.DocElementID{ElementRefID: a}, RefB: common.DocElementID{ElementRefID: b}, Relationship: how,
	})
}

func newPackage(id common.ElementID, name, version, licence, purpose string) *v2_3.Package {
	return &v2_3.Package{
		PackageName: name, PackageSPDXIdentifier: id, PackageVersion: version,
		PackageDownloadLocation: unstated, IsFilesAnalyzedTagPresent: true,
		PackageLicenseConcluded: licence, PackageLicenseDeclared: licence, PackageCopyrightText: unstated,
		PrimaryPackagePurpose: purpose,
	}
}

func modulePackage(id common.ElementID, m linked) (*v2_3.Package, error) {
	p := newPackage(id, m.path, m.version, m.licence, "LIBRARY")
	address := "pkg:golang/" + m.path + "@" + strings.ReplaceAll(m.version, "+", "%2B")
	p.PackageExternalReferences = []*v2_3.PackageExternalReference{{Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: address}}
	if m.sum == "" {
		return p, nil
	}
	// The sum of go.sum is a SHA-256 of the list of the module's files and their SHA-256.
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.sum, "h1:"))
	if err != nil {
		return nil, fmt.Errorf("%s: sum %q: %w", m.path, m.sum, err)
	}
	p.PackageChecksums = []common.Checksum{{Algorithm: common.SHA256, Value: hex.EncodeToString(sum)}}
	return p, nil
}

func releaseFile(id common.ElementID, f archive.File) *v2_3.File {
	one, sum := sha1.Sum(f.Data), sha256.Sum256(f.Data)
	return &v2_3.File{
		FileName: "./" + f.Name, FileSPDXIdentifier: id,
		Checksums:          []common.Checksum{{Algorithm: common.SHA1, Value: hex.EncodeToString(one[:])}, {Algorithm: common.SHA256, Value: hex.EncodeToString(sum[:])}},
		LicenseConcluded:   unstated,
		LicenseInfoInFiles: []string{unstated},
		FileCopyrightText:  unstated,
	}
}
