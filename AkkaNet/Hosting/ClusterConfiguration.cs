using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Akka.Configuration;
using AkkaPrivacy.AkkaNet.Hosting.Settings;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>A node's whole configuration: its settings, and Akka.NET's, which are filled in from them.</summary>
public sealed class ClusterConfiguration
{
    /// <summary>Checks settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="akka">Further configuration of Akka.NET, laid over what <c>hocon/cluster.conf</c> asks of it; what
    /// follows from <paramref name="settings"/> stands above it. Null for nothing.</param>
    /// <exception cref="ClusterConfigurationException">There are mistakes; all of them are listed.</exception>
    public ClusterConfiguration(ClusterSettings settings, Config? akka = null)
        : this(settings, akka, OwnVersion)
    {
    }

    internal ClusterConfiguration(ClusterSettings settings, Config? akka, string version)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var faults = Faults(settings).Select(fault => $"akkaprivacy.cluster.{fault.Key}: {fault.Message}").ToList();
        if (faults.Count > 0)
        {
            throw new ClusterConfigurationException(faults);
        }

        Settings = settings with { Name = settings.Name.Length > 0 ? settings.Name : FormattableString.Invariant($"{settings.Host}:{settings.Port}") };
        Version = version;
        Hash = HashOf(settings);
        Akka = DerivedHocon.Of(this).WithFallback(akka ?? Config.Empty).WithFallback(DerivedHocon.OfMachine()).WithFallback(Defaults);
    }

    /// <summary>The settings.</summary>
    public ClusterSettings Settings { get; }

    /// <summary>Hash of what has to be the same on all nodes, 16 hex digits.</summary>
    public string Hash { get; }

    /// <summary>The product's version; nodes of one cluster have the same.</summary>
    public string Version { get; }

    /// <summary>Keys of Akka.NET that settings of ours decide, each with the reason or the setting.</summary>
    internal static IReadOnlyDictionary<string, string> DerivedKeys => DerivedHocon.Keys;

    /// <summary>What the actor system is started with.</summary>
    internal Config Akka { get; }

    private static string OwnVersion => typeof(ClusterConfiguration).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static Config Defaults { get; } = ConfigurationFactory.ParseString(Resource());

    /// <summary>Every mistake in settings, by its key below <c>akkaprivacy.cluster</c>.</summary>
    internal static IEnumerable<(string Key, string Message)> Faults(ClusterSettings settings) => ClusterRules.All
        .Where(rule => !rule.Holds(settings))
        .Select(rule => (rule.Key, $"allowed is {rule.Allowed}"))
        .Concat(ClusterRules.Conflicts(settings));

    private static string HashOf(ClusterSettings settings)
    {
        var shared = ClusterRules.All.Where(rule => rule.IsShared).Select(rule => $"{rule.Key}={rule.Text(settings)}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', shared))))[..16];
    }

    private static string Resource()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("cluster.conf")
            ?? throw new InvalidOperationException("The program was built without hocon/cluster.conf.");
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }
}
