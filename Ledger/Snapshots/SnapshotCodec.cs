using System.Text;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger.Snapshots;

/// <summary>
/// The stored form of a snapshot, binary since it is read whenever an account is opened. Numbers are little-endian; a text
/// is its length in UTF-8 bytes, 7 bits a byte, and the bytes.
/// </summary>
/// <remarks>Form 1: form (1 byte) · account · version (8) · hash of the event (32) · measure · closed (1) · number of terms
/// (4), each with from, budget loss, budget atto-delta, period in ms (8 each) · full from, complete from (8 each) · number
/// of periods (4), each with start, spent, granted, moved (8 + 3 × 16), releases (4), number of groups (4), each with key,
/// W (4), number of windows (4), each with start, end, loss, atto-delta (8 each). Everything is sorted, so that equal
/// states give equal bytes. A form is never changed; a change takes the next number.</remarks>
internal static class SnapshotCodec
{
    private const byte Form = 1;
    private static readonly UTF8Encoding Utf8 = new(false, true);

    public static byte[] Write(string account, AccountSnapshot snapshot)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Utf8);
        var state = snapshot.State;
        writer.Write(Form);
        writer.Write(account);
        writer.Write(snapshot.Version);
        writer.Write(Convert.FromHexString(snapshot.Hash));
        writer.Write(PrivacyMeasureNames.ToName(state.Policy!.Measure));
        writer.Write(state.IsClosed);
        writer.Write(state.Terms.Count);
        foreach (var (from, terms) in state.Terms)
        {
            writer.Write(from);
            Write(writer, terms.Budget);
            writer.Write(terms.PeriodMs);
        }

        writer.Write(state.FullFromMs);
        writer.Write(state.CompleteFromMs);
        writer.Write(state.Periods.Count);
        foreach (var (start, period) in state.Periods)
        {
            writer.Write(start);
            Write(writer, period);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">It is no snapshot of this account that this version can read.</exception>
    public static AccountSnapshot Read(byte[] value, string account)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(value, writable: false), Utf8);
            var snapshot = Read(reader, account);
            return reader.BaseStream.Position == value.Length ? snapshot : throw new FormatException("it is longer than its parts");
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or OverflowException)
        {
            throw new FormatException("it is malformed", failure);
        }
    }

    private static AccountSnapshot Read(BinaryReader reader, string account)
    {
        if (reader.ReadByte() != Form)
        {
            throw new FormatException("its form is not known; a newer version wrote it");
        }

        if (reader.ReadString() != account)
        {
            throw new FormatException("it belongs to another account");
        }

        var version = reader.ReadInt64();
        var hash = Convert.ToHexStringLower(reader.ReadBytes(32));
        if (version < 1 || hash.Length != 64 || !PrivacyMeasureNames.TryParse(reader.ReadString(), out var measure))
        {
            throw new FormatException("its version, hash or measure is out of range");
        }

        var closed = reader.ReadByte();
        var terms = Many(reader, () => KeyValuePair.Create(reader.ReadInt64(), new AccountTerms(ReadUnits(reader), reader.ReadInt64())));
        var (fullFrom, completeFrom) = (reader.ReadInt64(), reader.ReadInt64());
        var periods = Many(reader, () => KeyValuePair.Create(reader.ReadInt64(), ReadPeriod(reader)));
        if (closed > 1)
        {
            throw new FormatException("whether it is closed is out of range");
        }

        var policy = new AccountPolicy { Account = account, Measure = measure, BudgetPerPeriod = PrivacyCost.Zero(measure) };
        return new AccountSnapshot(AccountState.Restore(policy, closed == 1, terms, periods, fullFrom, completeFrom), version, hash) { StoredVersion = version };
    }

    private static void Write(BinaryWriter writer, Units units)
    {
        writer.Write(units.Loss);
        writer.Write(units.AttoDelta);
    }

    private static void Write(BinaryWriter writer, PeriodState period)
    {
        Write(writer, period.Spent);
        Write(writer, period.Granted);
        Write(writer, period.Moved);
        writer.Write(period.Releases);
        writer.Write(period.Groups.Count);
        foreach (var (key, group) in period.Groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            writer.Write(key);
            writer.Write(group.MaxWindows);
            writer.Write(group.Count);
            foreach (var (window, cost) in group.Windows.OrderBy(window => window.Key))
            {
                writer.Write(window.StartMs);
                writer.Write(window.EndMs);
                Write(writer, cost);
            }
        }
    }

    private static PeriodState ReadPeriod(BinaryReader reader)
    {
        var totals = PeriodState.OfTotals(ReadUnits(reader), ReadUnits(reader), ReadUnits(reader), reader.ReadInt32());
        var groups = Many(reader, () => KeyValuePair.Create(reader.ReadString(), ReadGroup(reader)));
        if (groups.Count == 0)
        {
            return totals;
        }

        // The sums are those of the groups, or the snapshot contradicts itself.
        var full = PeriodState.Restore(totals.Granted, totals.Releases, groups).Move(totals.Moved);
        return full.Spent == totals.Spent ? full : throw new FormatException("a period's groups do not add up to what is spent");
    }

    private static GroupState ReadGroup(BinaryReader reader)
    {
        var maxWindows = reader.ReadInt32();
        var windows = Many(reader, () => KeyValuePair.Create(new TimeWindow(reader.ReadInt64(), reader.ReadInt64()), ReadUnits(reader)));
        return maxWindows >= 1 ? GroupState.Restore(maxWindows, windows) : throw new FormatException("a group's W is out of range");
    }

    private static Units ReadUnits(BinaryReader reader) => new(reader.ReadInt64(), reader.ReadInt64());

    private static List<T> Many<T>(BinaryReader reader, Func<T> read)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length)
        {
            throw new FormatException("a number of its parts is out of range");
        }

        var all = new List<T>(count);
        for (var i = 0; i < count; i++)
        {
            all.Add(read());
        }

        return all;
    }
}
