namespace AkkaPrivacy.Ledger;

/// <summary>Something stored is no part of this ledger. The message names the place and never a stored value.</summary>
internal sealed class LedgerCorruptException(string message, Exception? inner = null) : Exception(message, inner);
