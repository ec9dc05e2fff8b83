// The five functions. They store nothing: what a later call must know is sealed in `state`.
package main

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

const (
	mib      = 1 << 20
	maxBytes = 50 << 30
)

// Refusal is an answer that the client understands.
type Refusal struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (refusal Refusal) Error() string { return refusal.Code }

func refuse(status int, code string) Refusal { return Refusal{status, code, code} }

// Facts are what `state` keeps of an upload.
type Facts struct {
	Key      string `json:"key"`
	Size     int64  `json:"size"`
	PartSize int64  `json:"partSize,omitempty"`
	UploadID string `json:"uploadId,omitempty"`
}

func (facts Facts) count() int { return int((facts.Size + facts.PartSize - 1) / facts.PartSize) }

// length is that of part `number`, or 0 if the plan has no such part.
func (facts Facts) length(number int) int64 {
	if facts.PartSize == 0 || number < 1 || number > facts.count() {
		return 0
	}
	if left := facts.Size - int64(number-1)*facts.PartSize; left < facts.PartSize {
		return left
	}
	return facts.PartSize
}

// Signer signs uploads to one bucket.
type Signer struct {
	Store  Store
	Secret string
	// OnStored is YOUR DATABASE; it may be called twice.
	OnStored func(user, id string, facts Facts)
}

func (signer Signer) key(user, id string) string { return "uploads/" + user + "/" + id }

func (signer Signer) seal(facts Facts) string {
	plain, _ := json.Marshal(facts)
	text := base64.RawURLEncoding.EncodeToString(plain)
	return text + "." + hex.EncodeToString(mac([]byte(signer.Secret), text))
}

func (signer Signer) unseal(user, id, state string) (facts Facts, err error) {
	text, given, _ := strings.Cut(state, ".")
	theirs, broken := hex.DecodeString(given)
	if broken == nil && hmac.Equal(mac([]byte(signer.Secret), text), theirs) {
		plain, _ := base64.RawURLEncoding.DecodeString(text)
		_ = json.Unmarshal(plain, &facts)
	}
	if facts.Key != signer.key(user, id) {
		return facts, refuse(404, "not_found")
	}
	return facts, nil
}

// Item is an upload to begin.
type Item struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Size      int64  `json:"size"`
	Type      string `json:"type"`
	CRC64NVME string `json:"crc64nvme"`
}

// Plan says how a file goes.
type Plan struct {
	Kind      string `json:"kind"`
	Put       *Grant `json:"put,omitempty"`
	PartSize  int64  `json:"partSize,omitempty"`
	PartCount int    `json:"partCount,omitempty"`
}

// Result is what became of one item.
type Result struct {
	ID      string `json:"id"`
	Key     string `json:"key,omitempty"`
	Confirm bool   `json:"confirm,omitempty"`
	State   string `json:"state,omitempty"`
	Plan    *Plan  `json:"plan,omitempty"`
	Error   error  `json:"error,omitempty"`
}

var ulid = regexp.MustCompile("^[0-9A-HJKMNP-TV-Z]{26}$")

// Create begins an upload, or signs it again.
func (signer Signer) Create(user string, item Item) (Result, error) {
	switch {
	case !ulid.MatchString(item.ID):
		return Result{}, refuse(400, "invalid_id")
	case item.Size < 0:
		return Result{}, refuse(400, "invalid_size")
	case item.Size > maxBytes:
		return Result{}, refuse(413, "too_large")
	}
	facts := Facts{Key: signer.key(user, item.ID), Size: item.Size}
	// The name is a stranger's text: no part of the key, and the object is never shown as a page.
	disposition := "attachment; filename*=UTF-8''" + escaped(item.Name)
	headers := map[string]string{"content-type": item.Type, "content-disposition": disposition}
	if item.Size <= 16*mib {
		headers["if-none-match"] = "*"
		put := signer.Store.Grant(facts.Key, nil, item.Size, item.CRC64NVME, headers)
		return Result{item.ID, facts.Key, true, signer.seal(facts), &Plan{Kind: "single", Put: &put}, nil}, nil
	}
	open, err := signer.Store.Unfinished(facts.Key) // a repeated call begins no second one
	if err != nil {
		return Result{}, err
	}
	if len(open) == 0 {
		if found, err := signer.Store.Head(facts.Key); err != nil || found != nil {
			return Result{}, orElse(err, refuse(409, "already_stored"))
		}
		begun, err := signer.Store.Begin(facts.Key, headers)
		if err != nil {
			return Result{}, err
		}
		open = []string{begun}
	}
	facts.UploadID, facts.PartSize = open[0], 8*mib
	if smallest := (item.Size + 9_999) / 10_000; smallest > facts.PartSize {
		facts.PartSize = (smallest + mib - 1) / mib * mib
	}
	plan := Plan{Kind: "multipart", PartSize: facts.PartSize, PartCount: facts.count()}
	return Result{item.ID, facts.Key, true, signer.seal(facts), &plan, nil}, nil
}

// PartGrant is leave to send one part.
type PartGrant struct {
	Number int `json:"number"`
	Grant
}

// Sign signs one part.
func (signer Signer) Sign(facts Facts, number int, crc string) (PartGrant, error) {
	length := facts.length(number)
	if length == 0 {
		return PartGrant{}, refuse(400, "invalid_part")
	}
	query := map[string]string{"partNumber": fmt.Sprint(number), "uploadId": facts.UploadID}
	return PartGrant{number, signer.Store.Grant(facts.Key, query, length, crc, map[string]string{})}, nil
}

// StoredPart is one part in storage, as the client reads it.
type StoredPart struct {
	Number    int    `json:"number"`
	Size      int64  `json:"size"`
	ETag      string `json:"etag"`
	CRC64NVME string `json:"crc64nvme,omitempty"`
}

// Parts lists the parts in storage.
func (signer Signer) Parts(facts Facts) ([]StoredPart, error) {
	found, gone, err := signer.Store.Parts(facts.Key, facts.UploadID)
	if err != nil || gone {
		object, lost := signer.Store.Head(facts.Key)
		if object != nil {
			return nil, refuse(409, "already_stored")
		}
		return nil, orElse(err, orElse(lost, refuse(409, "multipart_gone")))
	}
	parts := []StoredPart{}
	for _, part := range found {
		parts = append(parts, StoredPart{part.PartNumber, part.Size, part.ETag, part.ChecksumCRC64NVME})
	}
	return parts, nil
}

// assemble puts the parts together, unless another call was first.
func (signer Signer) assemble(facts Facts, crc string) error {
	parts, gone, err := signer.Store.Parts(facts.Key, facts.UploadID)
	if err != nil || gone {
		return err
	}
	whole := len(parts) == facts.count()
	for at, part := range parts {
		whole = whole && part.PartNumber == at+1 && part.Size == facts.length(at+1)
	}
	if !whole {
		return refuse(409, "parts_mismatch")
	}
	err = signer.Store.Complete(facts.Key, facts.UploadID, parts, crc)
	if fault, is := err.(Fault); is {
		switch fault.Code {
		case "NoSuchUpload", "NoSuchKey", "PreconditionFailed":
			return nil
		case "BadDigest", "InvalidDigest":
			return refuse(409, "checksum_mismatch")
		}
	}
	return err
}

// Stored is what storage holds.
type Stored struct {
	ID        string `json:"id"`
	Key       string `json:"key"`
	Size      int64  `json:"size"`
	ETag      string `json:"etag"`
	CRC64NVME string `json:"crc64nvme,omitempty"`
	VersionID string `json:"versionId,omitempty"`
}

// Complete puts the parts together, or looks whether a single PUT has arrived.
func (signer Signer) Complete(user, id string, facts Facts, crc string) (Stored, error) {
	found, err := signer.Store.Head(facts.Key)
	if err == nil && found == nil && facts.UploadID != "" {
		if err = signer.assemble(facts, crc); err == nil {
			found, err = signer.Store.Head(facts.Key)
		}
	}
	switch {
	case err != nil:
		return Stored{}, err
	case found == nil && facts.UploadID != "":
		return Stored{}, refuse(409, "multipart_gone")
	case found == nil:
		return Stored{}, refuse(409, "not_stored")
	case found.Get("content-length") != fmt.Sprint(facts.Size):
		return Stored{}, refuse(409, "size_mismatch")
	}
	signer.OnStored(user, id, facts)
	return Stored{id, facts.Key, facts.Size, found.Get("etag"), found.Get(crcHeader), found.Get("x-amz-version-id")}, nil
}

// Abort cancels an upload.
func (signer Signer) Abort(user, id string) error {
	key := signer.key(user, id)
	open, err := signer.Store.Unfinished(key)
	for _, uploadID := range open {
		err = orElse(err, signer.Store.Abort(key, uploadID))
	}
	found, lost := signer.Store.Head(key)
	if found != nil {
		return refuse(409, "already_stored")
	}
	return orElse(err, lost)
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
