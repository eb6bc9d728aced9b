using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Ledger;

/// <summary>Writes and reads events. Each holds the hash of the one before it (<c>prev</c>), so the newest stands
/// for the whole history: a gap or a change shows, and a cached state is known to belong to what is stored.</summary>
internal static partial class LedgerEventCodec
{
    private const string OpenedType = "opened/1";
    private const string GrantedType = "granted/1";

    /// <summary>What the first event holds as <c>prev</c>.</summary>
    public const string NoHash = "";

    public static NewEvent Encode(LedgerEvent happened, string prev) => happened switch
    {
        AccountOpened e => New(OpenedType, Dto(e, prev), LedgerEventJson.Default.OpenedV1),
        BudgetCharged { Proof: { } proof } e => New(ProvenType, Dto(e, proof, prev), LedgerEventJson.Default.ChargedV2),
        BudgetCharged e => New(ChargedType, Dto(e, prev), LedgerEventJson.Default.ChargedV1),
        BudgetGranted e => New(GrantedType, new GrantedV1(prev, e.AtMs, e.PeriodStartMs, e.Extra.Loss, e.Extra.AttoDelta, e.Reason), LedgerEventJson.Default.GrantedV1),
        _ => EncodeChange(happened, prev),
    };

    /// <summary>Reads an event.</summary>
    /// <exception cref="FormatException">It is no event of this ledger, or does not follow <paramref name="prev"/>.</exception>
    public static LedgerEvent Decode(string type, ReadOnlySpan<byte> payload, string prev)
    {
        try
        {
            return type switch
            {
                OpenedType => Event(Parse(payload, LedgerEventJson.Default.OpenedV1), prev),
                ChargedType => Event(Parse(payload, LedgerEventJson.Default.ChargedV1), prev),
                ProvenType => Event(Parse(payload, LedgerEventJson.Default.ChargedV2), prev),
                GrantedType => Event(Parse(payload, LedgerEventJson.Default.GrantedV1), prev),
                ClosedType => Event(Parse(payload, LedgerEventJson.Default.ClosedV1), prev),
                TransferredOutType => Event(Parse(payload, LedgerEventJson.Default.TransferredOutV1), prev),
                TransferredInType => Event(Parse(payload, LedgerEventJson.Default.TransferredInV1), prev),
                PolicySetType => Event(Parse(payload, LedgerEventJson.Default.PolicySetV1), prev),
                _ => throw new FormatException("its type is not known; a newer version may have written it"),
            };
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or OverflowException)
        {
            // Their messages can quote the payload.
            throw new FormatException("its payload is malformed", failure);
        }
    }

    /// <summary>The hash that the next event holds: SHA-256 over type, line feed and payload, 64 hexadecimal digits.</summary>
    public static string Hash(string type, ReadOnlySpan<byte> payload)
    {
        var length = Encoding.UTF8.GetByteCount(type) + 1 + payload.Length;
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var bytes = (rented ?? stackalloc byte[1024])[..length];
        bytes[Encoding.UTF8.GetBytes(type, bytes)] = (byte)'\n';
        payload.CopyTo(bytes[(length - payload.Length)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return Convert.ToHexStringLower(hash);
    }

    private static NewEvent New<T>(string type, T dto, JsonTypeInfo<T> info) => new(type, JsonSerializer.SerializeToUtf8Bytes(dto, info));

    private static T Parse<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> info) =>
        JsonSerializer.Deserialize(payload, info) ?? throw new FormatException("its payload is null");

    private static OpenedV1 Dto(AccountOpened e, string prev) => new(
        prev,
        e.AtMs,
        e.Policy.Account,
        PrivacyMeasureNames.ToName(e.Policy.Measure),
        e.Policy.BudgetPerPeriod.Loss,
        e.Policy.BudgetPerPeriod.AttoDelta,
        (long)e.Policy.Period.TotalMilliseconds);

    private static AccountOpened Event(OpenedV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        if (!PrivacyMeasureNames.TryParse(dto.Measure, out var measure))
        {
            throw new FormatException("its measure is not known");
        }

        var policy = new AccountPolicy
        {
            Account = dto.Account,
            Measure = measure,
            BudgetPerPeriod = PrivacyCost.FromUnits(measure, dto.BudgetLoss, dto.BudgetAttoDelta),
            Period = TimeSpan.FromMilliseconds(dto.PeriodMs),
        };
        return RequestRules.Check(policy) is null ? new AccountOpened(policy, dto.AtMs) : throw new FormatException("its policy is out of range");
    }

    private static BudgetGranted Event(GrantedV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        CheckUnits(dto.Loss, dto.AttoDelta);
        return new BudgetGranted(dto.PeriodStartMs, new Units(dto.Loss, dto.AttoDelta), dto.Reason, dto.AtMs);
    }

    private static void CheckUnits(long loss, long attoDelta)
    {
        if (loss < 0 || attoDelta is < 0 or > PrivacyCost.UnitsPerDelta)
        {
            throw new FormatException("its cost is out of range");
        }
    }

    private static void CheckChain(string found, string expected)
    {
        if (found != expected)
        {
            throw new FormatException("it does not follow the event before it, which was changed or is missing");
        }
    }
}
