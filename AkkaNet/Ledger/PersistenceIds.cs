using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>The persistence id of an account.</summary>
internal static class PersistenceIds
{
    private const int MaxPlain = 200;

    /// <summary><c>ledger/{account}</c>. SQL journals hold 255 characters, so longer names end in their SHA-256 after
    /// <c>~</c>, which is in no account's name.</summary>
    public static string Of(string account) => account.Length <= MaxPlain
        ? $"ledger/{account}"
        : $"ledger/{account[..128]}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account)))}";
}
