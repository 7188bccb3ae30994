"""Setting a customer up: forms that ask little, pairing codes, the activation link, and what is still missing."""
