using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary><c>account/1</c>. <c>Releases</c> holds 24 bytes for each release: its key and its place in the journal.</summary>
internal sealed record BookV1(
    string Account, long Version, string Hash, bool HasDescendants, PolicyV1? Policy, List<PeriodV1> Periods, Dictionary<string, long> Owners, byte[] Releases);

/// <summary>An account's policy.</summary>
internal sealed record PolicyV1(string Measure, long BudgetLoss, long BudgetAttoDelta, long PeriodMs);

/// <summary>One period.</summary>
internal sealed record PeriodV1(long StartMs, long GrantedLoss, long GrantedAttoDelta, int Releases, List<GroupV1> Groups);

/// <summary>One composition group; each window as start, end, loss, atto-delta.</summary>
internal sealed record GroupV1(string Key, int MaxWindows, List<long[]> Windows);

/// <summary>The stored form of snapshots.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(BookV1))]
internal sealed partial class BookJson : JsonSerializerContext;

/// <summary>A snapshot that was read.</summary>
internal sealed record BookSnapshot(
    AccountSnapshot Folded, bool HasDescendants, IEnumerable<(UInt128 Key, long Sequence)> Releases, IReadOnlyDictionary<string, long> Owners)
{
    public const string Form = JournalSnapshot.Prefix + "1";
    private const int EntryBytes = 24;

    public static JournalSnapshot Write(AccountBook book)
    {
        var state = book.Folded.State;
        var dto = new BookV1(
            book.Account,
            book.Folded.Version,
            book.Folded.Hash,
            book.HasDescendants,
            state.Policy is { } policy
                ? new PolicyV1(PrivacyMeasureNames.ToName(policy.Measure), policy.BudgetPerPeriod.Loss, policy.BudgetPerPeriod.AttoDelta, (long)policy.Period.TotalMilliseconds)
                : null,
            [.. state.Periods.Select(period => Write(period.Key, period.Value))],
            new Dictionary<string, long>(book.Owners),
            Pack(book.Releases));
        return new JournalSnapshot(Form, JsonSerializer.SerializeToUtf8Bytes(dto, BookJson.Default.BookV1));
    }

    /// <exception cref="FormatException">It is no snapshot of this account that this version can read.</exception>
    public static BookSnapshot Read(JournalSnapshot snapshot, string account)
    {
        if (snapshot.Form != Form)
        {
            throw new FormatException("its form is not known; a newer version wrote it");
        }

        try
        {
            var dto = JsonSerializer.Deserialize(snapshot.Payload, BookJson.Default.BookV1)!;
            return dto.Account == account
                ? new BookSnapshot(new AccountSnapshot(State(dto), dto.Version, dto.Hash), dto.HasDescendants, Unpack(dto.Releases), dto.Owners)
                : throw new FormatException("it belongs to another account");
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // Their messages can quote the payload.
            throw new FormatException("its payload is malformed", failure);
        }
    }

    private static PeriodV1 Write(long startMs, PeriodState period) => new(
        startMs,
        period.Granted.Loss,
        period.Granted.AttoDelta,
        period.Releases,
        [.. period.Groups.Select(group => new GroupV1(
            group.Key, group.Value.MaxWindows, [.. group.Value.Windows.Select(w => new[] { w.Key.StartMs, w.Key.EndMs, w.Value.Loss, w.Value.AttoDelta })]))]);

    private static AccountState State(BookV1 dto)
    {
        if (dto.Policy is not { } stored)
        {
            return AccountState.New;
        }

        if (!PrivacyMeasureNames.TryParse(stored.Measure, out var measure))
        {
            throw new FormatException("its measure is not known");
        }

        var policy = new AccountPolicy
        {
            Account = dto.Account,
            Measure = measure,
            BudgetPerPeriod = PrivacyCost.FromUnits(measure, stored.BudgetLoss, stored.BudgetAttoDelta),
            Period = TimeSpan.FromMilliseconds(stored.PeriodMs),
        };
        return AccountState.Restore(policy, dto.Periods.Select(period => KeyValuePair.Create(period.StartMs, Period(period))));
    }

    private static PeriodState Period(PeriodV1 period) => PeriodState.Restore(
        new Units(period.GrantedLoss, period.GrantedAttoDelta), period.Releases, period.Groups.Select(group => KeyValuePair.Create(group.Key, Group(group))));

    private static GroupState Group(GroupV1 group) => group.Windows.Aggregate(
        GroupState.Empty(group.MaxWindows), (state, w) => state.Add(new TimeWindow(w[0], w[1]), new Units(w[2], w[3])));

    private static byte[] Pack(IReadOnlyDictionary<UInt128, long> releases)
    {
        var bytes = new byte[releases.Count * EntryBytes];
        var at = 0;
        foreach (var (key, sequence) in releases)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(at), key);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at + 16), sequence);
            at += EntryBytes;
        }

        return bytes;
    }

    private static List<(UInt128, long)> Unpack(byte[] bytes)
    {
        var releases = new List<(UInt128, long)>(bytes.Length / EntryBytes);
        for (var at = 0; at + EntryBytes <= bytes.Length; at += EntryBytes)
        {
            releases.Add((BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(at)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 16))));
        }

        return releases;
    }
}
