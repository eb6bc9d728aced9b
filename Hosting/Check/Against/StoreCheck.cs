using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Keys;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.Hosting.Check.Against;

/// <summary>Checks a configuration against its store.</summary>
internal static class StoreCheck
{
    /// <summary>Checks.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="time">The clock of waits.</param>
    /// <returns>What a start would find.</returns>
    /// <exception cref="StoreException">The store is not there or cannot be read.</exception>
    public static async Task<AgainstReport> InspectAsync(PipelineConfiguration configuration, TimeProvider time)
    {
        var options = configuration.Options;
        var opened = await StoreFactory.OpenAsync(options.Store with { Create = false }, time).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            var inspection = new StartInspection(configuration.Plan, new BudgetLedger(time), new OutboxReader());
            return AgainstReport.Of(options.Store.Path, await inspection.InspectAsync(opened, Fingerprint(options.Keys)).ConfigureAwait(false));
        }
    }

    private static string? Fingerprint(KeyOptions keys)
    {
        if (keys.Create && !File.Exists(keys.File))
        {
            return null;
        }

        using var ring = FileKeyRing.Open(keys.File, keys.AllowGroupRead);
        return ring.Fingerprint;
    }
}
