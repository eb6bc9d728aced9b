using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Akka.Configuration;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>A node's whole configuration: its settings, and Akka.NET's, which are filled in from them.</summary>
public sealed class ClusterConfiguration
{
    private static readonly string[] Strategies = ["keep-majority", "static-quorum", "keep-oldest", "lease-majority"];
    private static readonly Config Defaults = ConfigurationFactory.ParseString(Resource());

    private ClusterConfiguration(ClusterSettings settings, Config akka, string version)
    {
        (Settings, Akka, Version) = (settings, akka, version);
        Hash = HashOf(settings);
    }

    /// <summary>The settings.</summary>
    public ClusterSettings Settings { get; }

    /// <summary>Hash of what has to be the same on all nodes.</summary>
    public string Hash { get; }

    /// <summary>The product's version; nodes of one cluster have the same.</summary>
    public string Version { get; }

    /// <summary>What the actor system is started with.</summary>
    internal Config Akka { get; }

    /// <summary>Reads and checks.</summary>
    /// <param name="layers">HOCON texts over <c>hocon/cluster.conf</c>; the first stands above the others.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ClusterConfigurationException">There are mistakes; all of them are listed.</exception>
    public static ClusterConfiguration Load(params IReadOnlyList<string> layers) =>
        Load(layers, typeof(ClusterConfiguration).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");

    internal static ClusterConfiguration Load(IReadOnlyList<string> layers, string version)
    {
        Config config;
        try
        {
            config = layers.Select(layer => ConfigurationFactory.ParseString(layer)).Append(Defaults).Aggregate((above, below) => above.WithFallback(below));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new ClusterConfigurationException([$"not HOCON that can be read: {exception.Message}"]);
        }

        var reader = new SettingsReader(config);
        reader.Unknown(Defaults);
        var settings = Read(reader);
        return reader.Errors.Count > 0
            ? throw new ClusterConfigurationException(reader.Errors)
            : new ClusterConfiguration(settings, DerivedHocon.Of(settings, version, HashOf(settings)).WithFallback(config), version);
    }

    private static ClusterSettings Read(SettingsReader reader)
    {
        var (tenth, second, minute, hour) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        var (host, port) = (reader.Text("node.host", "a host name or an address", IsPlain), reader.Number("node.port", 0, 65_535));
        var settings = new ClusterSettings
        {
            System = reader.Text("system", "1 to 64 letters, digits and hyphens", text => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')),
            Name = reader.Text("node.name", "at most 128 characters without control characters", text => text.Length <= 128 && !text.Any(char.IsControl)) is { Length: > 0 } name ? name : $"{host}:{port}",
            Host = host,
            Port = port,
            Seeds = reader.List("node.seeds", "a list of \"host:port\"", IsEndpoint),
            Roles = reader.List("node.roles", $"a list of {ClusterSettings.LedgerRole} and {ClusterSettings.PipelineRole}", role => role is ClusterSettings.LedgerRole or ClusterSettings.PipelineRole),
            JoinAttempt = reader.Duration("join.attempt", tenth, minute),
            JoinTimeout = reader.Duration("join.timeout", second, hour),
            JournalProvider = reader.Text("journal.provider", "linq2db's name of a database", IsPlain),
            JournalConnection = reader.Text("journal.connection-string", "the connection string of the journal's database; there is no cluster without a journal", text => text.Length > 0),
            JournalTimeout = reader.Duration("journal.timeout", second, 10 * minute),
            LedgerShards = reader.Number("ledger.shards", 1, 10_000),
            OfferInterval = reader.Duration("pipeline.offer-interval", tenth, minute),
            DrainTimeout = reader.Duration("pipeline.drain-timeout", second, hour),
            SnapshotEvery = reader.Number("singleton.snapshot-every", 1, 100_000),
            MinBackoff = reader.Duration("singleton.backoff.min", tenth / 10, 10 * minute),
            MaxBackoff = reader.Duration("singleton.backoff.max", tenth / 10, 10 * minute),
            AskTimeout = reader.Duration("singleton.ask-timeout", tenth, minute),
            SplitBrainStrategy = reader.Text("split-brain.strategy", string.Join(", ", Strategies), Strategies.Contains),
            Quorum = reader.Number("split-brain.quorum", 0, 10_000),
            Lease = reader.Text("split-brain.lease", "the path of a lease implementation", _ => true),
            StableAfter = reader.Duration("split-brain.stable-after", second, 10 * minute),
        };
        reader.Errors.AddRange(Conflicts(settings));
        return settings;
    }

    private static IEnumerable<string> Conflicts(ClusterSettings settings)
    {
        if (settings.Seeds.Count > 0 && settings.Port == 0)
        {
            yield return "akkaprivacy.cluster.node.port: allowed is 1 to 65535 where seeds are given, so that others can find the node again";
        }

        if (settings.SplitBrainStrategy == "static-quorum" && settings.Quorum == 0)
        {
            yield return "akkaprivacy.cluster.split-brain.quorum: required for static-quorum, more than half of the most nodes there will ever be";
        }

        if (settings.SplitBrainStrategy == "lease-majority" && settings.Lease.Length == 0)
        {
            yield return "akkaprivacy.cluster.split-brain.lease: required for lease-majority";
        }

        if (settings.MaxBackoff < settings.MinBackoff)
        {
            yield return "akkaprivacy.cluster.singleton.backoff.max: allowed is backoff.min or more";
        }
    }

    // Where the journal is, is a matter of each node (a path, a password); that it is one database is the operator's duty.
    private static string HashOf(ClusterSettings s)
    {
        object[] shared =
        [
            s.System, s.JournalProvider, s.LedgerShards, s.OfferInterval, s.DrainTimeout, s.SnapshotEvery, s.MinBackoff, s.MaxBackoff, s.AskTimeout,
            s.SplitBrainStrategy, s.Quorum, s.Lease, s.StableAfter,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', shared.Select(value => FormattableString.Invariant($"{value}"))))))[..16];
    }

    private static bool IsPlain(string text) => text.Length is > 0 and <= 255 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '\\');

    private static bool IsEndpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsPlain(text[..colon]) && ushort.TryParse(text[(colon + 1)..], out var port) && port > 0;
    }

    private static string Resource()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("cluster.conf")
            ?? throw new InvalidOperationException("The program was built without hocon/cluster.conf.");
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }
}
