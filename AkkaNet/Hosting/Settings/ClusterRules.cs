using System.Globalization;

namespace AkkaPrivacy.AkkaNet.Hosting.Settings;

/// <summary>The rules of <c>akkaprivacy.cluster</c>; <c>hocon/cluster.conf</c> explains each key.</summary>
internal static class ClusterRules
{
    private const int Bytes = 1024;
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly string[] Strategies = ["keep-majority", "static-quorum", "keep-oldest", "lease-majority"];

    public static SettingRule<string> System { get; } = Shared("system", "1 to 64 letters, digits and hyphens", s => s.System, text => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    public static SettingRule<string> NodeName { get; } = Own("node.name", "at most 128 characters without control characters", s => s.Name, text => text.Length <= 128 && !text.Any(char.IsControl));

    public static SettingRule<string> NodeHost { get; } = Own("node.host", "a host name or an address", s => s.Host, IsPlain);

    public static SettingRule<int> NodePort { get; } = Number("node.port", s => s.Port, 0, 65_535, shared: false);

    public static SettingRule<IReadOnlyList<string>> NodeSeeds { get; } = List("node.seeds", "\"host:port\"", s => s.Seeds, IsEndpoint);

    public static SettingRule<IReadOnlyList<string>> NodeRoles { get; } = List("node.roles", $"'{ClusterSettings.LedgerRole}' or '{ClusterSettings.PipelineRole}'", s => s.Roles, role => role is ClusterSettings.LedgerRole or ClusterSettings.PipelineRole);

    public static SettingRule<TimeSpan> JoinAttempt { get; } = Duration("join.attempt", s => s.JoinAttempt, Tenth, Minute, shared: false);

    public static SettingRule<TimeSpan> JoinTimeout { get; } = Duration("join.timeout", s => s.JoinTimeout, Second, Hour, shared: false);

    public static SettingRule<string> JournalProvider { get; } = Shared("journal.provider", "linq2db's name of a database, for example SQLite.MS", s => s.JournalProvider, IsPlain);

    // Where the journal is, is a matter of each node (a path, a password); that it is one database is the operator's duty.
    public static SettingRule<string> JournalConnection { get; } = Own("journal.connection-string", "a connection string of at most 4096 characters; there is no cluster without a journal", s => s.JournalConnection, text => text.Length is > 0 and <= 4096);

    public static SettingRule<TimeSpan> JournalTimeout { get; } = Duration("journal.timeout", s => s.JournalTimeout, Tenth, 10 * Minute, shared: false);

    public static SettingRule<LedgerPlace> LedgerPlace { get; } = Shared("ledger.place", "'cluster' or 'store'", s => s.LedgerPlace, Enum.IsDefined);

    public static SettingRule<int> LedgerShards { get; } = Number("ledger.shards", s => s.Ledger.Shards, 1, 10_000);

    public static SettingRule<bool> RememberEntities { get; } = Shared("ledger.remember-entities", "true or false", s => s.Ledger.RememberEntities, _ => true);

    public static SettingRule<TimeSpan> PassivateAfter { get; } = Duration("ledger.passivate-after", s => s.Ledger.PassivateAfter, Second, 24 * Hour);

    public static SettingRule<int> LedgerSnapshotEvery { get; } = Number("ledger.snapshot-every", s => s.Ledger.SnapshotEvery, 1, 100_000);

    public static SettingRule<int> CachedReleases { get; } = Number("ledger.cached-releases", s => s.Ledger.CachedReleases, 0, 100_000);

    public static SettingRule<int> MaxReleaseBytes { get; } = Size("ledger.max-release-bytes", s => s.Ledger.MaxReleaseBytes);

    public static SettingRule<int> MaxMessageBytes { get; } = Size("ledger.max-message-bytes", s => s.Ledger.MaxMessageBytes);

    public static SettingRule<TimeSpan> LedgerMinBackoff { get; } = Duration("ledger.backoff.min", s => s.Ledger.MinBackoff, Tenth / 10, 10 * Minute);

    public static SettingRule<TimeSpan> LedgerMaxBackoff { get; } = Duration("ledger.backoff.max", s => s.Ledger.MaxBackoff, Tenth / 10, 10 * Minute);

    public static SettingRule<TimeSpan> LedgerAskTimeout { get; } = Duration("ledger.ask-timeout", s => s.Ledger.AskTimeout, Tenth, Minute);

    public static SettingRule<int> LedgerAttempts { get; } = Number("ledger.attempts", s => s.Ledger.Attempts, 1, 1_000);

    public static SettingRule<int> LedgerParallelism { get; } = Number("ledger.parallelism", s => s.Ledger.Parallelism, 1, 10_000);

    public static SettingRule<TimeSpan> OfferInterval { get; } = Duration("pipeline.offer-interval", s => s.OfferInterval, Tenth, Minute);

    public static SettingRule<TimeSpan> Silence { get; } = Duration("pipeline.silence", s => s.Silence, Second, Hour, shared: false);

    public static SettingRule<TimeSpan> DrainTimeout { get; } = Duration("pipeline.drain-timeout", s => s.DrainTimeout, Second, Hour);

    public static SettingRule<int> SnapshotEvery { get; } = Number("singleton.snapshot-every", s => s.SnapshotEvery, 1, 100_000);

    public static SettingRule<TimeSpan> MinBackoff { get; } = Duration("singleton.backoff.min", s => s.MinBackoff, Tenth / 10, 10 * Minute);

    public static SettingRule<TimeSpan> MaxBackoff { get; } = Duration("singleton.backoff.max", s => s.MaxBackoff, Tenth / 10, 10 * Minute);

    public static SettingRule<TimeSpan> AskTimeout { get; } = Duration("singleton.ask-timeout", s => s.AskTimeout, Tenth, Minute);

    public static SettingRule<string> Strategy { get; } = Shared("split-brain.strategy", string.Join(", ", Strategies), s => s.SplitBrainStrategy, Strategies.Contains);

    public static SettingRule<int> Quorum { get; } = Number("split-brain.quorum", s => s.Quorum, 0, 10_000);

    public static SettingRule<string> Lease { get; } = Shared("split-brain.lease", "the path of a lease implementation", s => s.Lease, text => text.Length == 0 || IsPlain(text));

    public static SettingRule<TimeSpan> StableAfter { get; } = Duration("split-brain.stable-after", s => s.StableAfter, Second, 10 * Minute);

    public static SettingRule<string> HealthHost { get; } = Own("health.host", "an address of this machine", s => s.HealthHost, text => global::System.Net.IPAddress.TryParse(text, out _));

    public static SettingRule<int> HealthPort { get; } = Number("health.port", s => s.HealthPort, 0, 65_535, shared: false);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SettingRule> All { get; } =
    [
        System, NodeName, NodeHost, NodePort, NodeSeeds, NodeRoles, JoinAttempt, JoinTimeout, JournalProvider, JournalConnection, JournalTimeout,
        LedgerPlace, LedgerShards, RememberEntities, PassivateAfter, LedgerSnapshotEvery, CachedReleases, MaxReleaseBytes, MaxMessageBytes,
        LedgerMinBackoff, LedgerMaxBackoff, LedgerAskTimeout, LedgerAttempts, LedgerParallelism, OfferInterval, Silence, DrainTimeout,
        SnapshotEvery, MinBackoff, MaxBackoff, AskTimeout, Strategy, Quorum, Lease, StableAfter, HealthHost, HealthPort,
    ];

    /// <summary>What settings break in combination, by key.</summary>
    public static IEnumerable<(string Key, string Message)> Conflicts(ClusterSettings settings)
    {
        if (settings.Seeds.Count > 0 && settings.Port == 0)
        {
            yield return (NodePort.Key, "allowed is 1 to 65535 where seeds are given, so that others can find the node again");
        }

        if (settings.Roles.Count == 0)
        {
            yield return (NodeRoles.Key, $"found no role; allowed is a list of {NodeRoles.Allowed}");
        }

        if (settings.SplitBrainStrategy == "static-quorum" && settings.Quorum == 0)
        {
            yield return (Quorum.Key, "required for static-quorum: more than half of the most nodes there will ever be");
        }

        if (settings.SplitBrainStrategy == "lease-majority" && settings.Lease.Length == 0)
        {
            yield return (Lease.Key, "required for lease-majority");
        }

        if (settings.MaxBackoff < settings.MinBackoff)
        {
            yield return (MaxBackoff.Key, "allowed is backoff.min or more");
        }

        if (settings.Ledger.MaxBackoff < settings.Ledger.MinBackoff)
        {
            yield return (LedgerMaxBackoff.Key, "allowed is backoff.min or more");
        }

        if (settings.Ledger.MaxMessageBytes < settings.Ledger.MaxReleaseBytes)
        {
            yield return (MaxMessageBytes.Key, "allowed is max-release-bytes or more");
        }
    }

    private static SettingRule<T> Shared<T>(string key, string allowed, Func<ClusterSettings, T> get, Func<T, bool> isAllowed) => new(key, allowed, true, get, isAllowed);

    private static SettingRule<T> Own<T>(string key, string allowed, Func<ClusterSettings, T> get, Func<T, bool> isAllowed) => new(key, allowed, false, get, isAllowed);

    private static SettingRule<IReadOnlyList<string>> List(string key, string allowed, Func<ClusterSettings, IReadOnlyList<string>> get, Func<string, bool> isAllowed) =>
        new(key, allowed, false, get, list => list.All(isAllowed));

    private static SettingRule<int> Number(string key, Func<ClusterSettings, int> get, int least, int most, bool shared = true) =>
        new(key, FormattableString.Invariant($"a whole number from {least} to {most}"), shared, get, value => value >= least && value <= most);

    private static SettingRule<int> Size(string key, Func<ClusterSettings, int> get) =>
        new(key, "a size from 1KiB to 64MiB", true, get, value => value is >= Bytes and <= 64 * Bytes * Bytes);

    private static SettingRule<TimeSpan> Duration(string key, Func<ClusterSettings, TimeSpan> get, TimeSpan least, TimeSpan most, bool shared = true) =>
        new(key, $"a duration from {Text(least)} to {Text(most)}", shared, get, value => value >= least && value <= most);

    /// <summary>A duration as HOCON has it: <c>100ms</c>, <c>90s</c>, <c>10m</c>, <c>1h</c>.</summary>
    public static string Text(TimeSpan value) =>
        value.TotalMilliseconds % 1000 != 0 ? value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms"
        : value.TotalSeconds % 60 != 0 ? value.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s"
        : value.TotalMinutes % 60 != 0 ? value.TotalMinutes.ToString(CultureInfo.InvariantCulture) + "m"
        : value.TotalHours.ToString(CultureInfo.InvariantCulture) + "h";

    private static bool IsPlain(string text) => text.Length is > 0 and <= 255 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '\\');

    private static bool IsEndpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsPlain(text[..colon]) && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
    }
}
