using Akka.Configuration;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>The HOCON of the sharded ledger.</summary>
public static class LedgerConfiguration
{
    /// <summary>Every key with its default, and the serializer. Add it before Akka.NET's own references:
    /// <c>yours.WithFallback(LedgerConfiguration.Reference)</c>.</summary>
    public static Config Reference { get; } = ConfigurationFactory.FromResource("AkkaPrivacy.AkkaNet.Ledger.ledger-reference.conf", typeof(LedgerConfiguration).Assembly);
}
