using Akka.Configuration;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>What the sharded ledger asks of Akka.NET.</summary>
public static class LedgerConfiguration
{
    /// <summary>Serializer, message sizes, sharding and the replay filter. A node of the product has it; a system of one's
    /// own adds it before Akka.NET's own references: <c>yours.WithFallback(LedgerConfiguration.Reference)</c>.</summary>
    public static Config Reference { get; } = ConfigurationFactory.FromResource("AkkaPrivacy.AkkaNet.Ledger.ledger-reference.conf", typeof(LedgerConfiguration).Assembly);
}
