using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>The part of <c>check</c> that concerns a node's file.</summary>
internal static class ClusterCheck
{
    /// <summary>Reads and checks a node's file; starts nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="storePath">The pipeline's store.</param>
    /// <returns>What the node would be.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static NodeReport Check(string file, string storePath)
    {
        var configuration = ClusterLoader.Load(new ClusterRequest(file, null, null, []), storePath);
        var settings = configuration.Settings;
        return new NodeReport
        {
            System = settings.System,
            Name = settings.Name,
            Roles = settings.Roles,
            Seeds = settings.Seeds,
            Ledger = settings.LedgerPlace.ToString().ToLowerInvariant(),
            JournalProvider = settings.JournalProvider,
            SettingsHash = configuration.Hash,
            Version = configuration.Version,
        };
    }
}
