using AkkaPrivacy.Hosting.Demo.Traffic;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>What the demo is asked for.</summary>
/// <param name="Traffic">The made-up traffic.</param>
/// <param name="Store">The SQLite file for releases and ledger.</param>
/// <param name="Lanes">Lanes that run in parallel, 1 to 64.</param>
internal sealed record DemoOptions(TrafficOptions Traffic, string Store, int Lanes = 1)
{
    /// <summary>Events unless asked otherwise.</summary>
    public const long DefaultEvents = 200_000;

    /// <summary>The store unless asked otherwise.</summary>
    public const string DefaultStore = "akkaprivacy-demo.db";

    /// <summary>The largest number of lanes.</summary>
    public const int MaxLanes = 64;
}
