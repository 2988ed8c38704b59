package engine

import (
	"context"
	"strings"

	"waybill"
	"waybill/store"
)

// SaveUser is a user with a new password and API key; an empty one keeps the old.
type SaveUser struct {
	waybill.User
	NewPassword string
	NewAPIKey   string
}

// SaveUser creates or changes a user by e-mail.
func (s Session) SaveUser(ctx context.Context, in SaveUser) (waybill.User, error) {
	u := in.User
	u.Email = strings.ToLower(strings.TrimSpace(u.Email))
	if err := needed("email", u.Email); err != nil {
		return u, err
	}
	if err := s.checkGrants(ctx, u.Grants); err != nil {
		return u, err
	}
	if in.NewPassword != "" {
		u.Password = s.Vault.Hash(in.NewPassword)
	}
	if in.NewAPIKey != "" {
		u.APIKey = s.Vault.Hash(in.NewAPIKey)
	}
	u.ExternalID = firstOf(u.ExternalID, s.Vault.pseudonym(s.IDs.New()))
	return save(ctx, s, &u, u.Email, store.Tx.Users, func(old *waybill.User) {
		u.Turn, u.Password, u.APIKey = old.Turn, firstOf(u.Password, old.Password), firstOf(u.APIKey, old.APIKey)
		turnUser(*old, &u)
		u.ExternalID = firstOf(in.ExternalID, old.ExternalID, u.ExternalID)
	})
}

// SaveClient is a client with a new secret; an empty one keeps the old.
type SaveClient struct {
	waybill.Client
	NewSecret string
}

// SaveClient creates or changes a client by its client id.
func (s Session) SaveClient(ctx context.Context, in SaveClient) (waybill.Client, error) {
	c := in.Client
	if err := needed("client_id", c.ClientID); err != nil {
		return c, err
	}
	if err := s.checkGrants(ctx, c.Grants); err != nil {
		return c, err
	}
	if in.NewSecret != "" {
		c.Secret = s.Vault.Hash(in.NewSecret)
	}
	return save(ctx, s, &c, c.ClientID, store.Tx.Clients, func(old *waybill.Client) {
		c.Turn, c.Secret = old.Turn, firstOf(c.Secret, old.Secret)
		turnClient(*old, &c)
	})
}
