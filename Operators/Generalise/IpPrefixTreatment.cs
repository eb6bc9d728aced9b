using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces an IP address by the network it is in: <c>83.149.9.216</c> by <c>83.149.9.0/24</c>. What is no address
/// becomes <c>invalid</c>.</summary>
/// <remarks>IPv4 is dotted decimal without leading zeros; IPv6 is as in RFC 4291, with an optional zone that is cut
/// off; an IPv4-mapped address counts as IPv4. IPv6 networks are written as in RFC 5952.</remarks>
public sealed record IpPrefixTreatment : GeneraliseTreatment
{
    /// <summary>The longest IPv4 prefix: 256 addresses.</summary>
    public const int MaxV4Bits = 24;

    /// <summary>The longest IPv6 prefix. Longer ones are what providers give to one household.</summary>
    public const int MaxV6Bits = 48;

    /// <summary>A treatment with the given prefix lengths.</summary>
    /// <param name="v4Bits">8 to 24. Default: 24.</param>
    /// <param name="v6Bits">16 to 48. Default: 48.</param>
    /// <exception cref="ArgumentOutOfRangeException">A prefix is out of range.</exception>
    public IpPrefixTreatment(int v4Bits = MaxV4Bits, int v6Bits = MaxV6Bits)
    {
        if (v4Bits is < 8 or > MaxV4Bits)
        {
            throw new ArgumentOutOfRangeException(nameof(v4Bits), v4Bits, $"An IPv4 prefix has 8 to {MaxV4Bits} bits.");
        }

        if (v6Bits is < 16 or > MaxV6Bits)
        {
            throw new ArgumentOutOfRangeException(nameof(v6Bits), v6Bits, $"An IPv6 prefix has 16 to {MaxV6Bits} bits.");
        }

        V4Bits = v4Bits;
        V6Bits = v6Bits;
    }

    /// <summary>Bits of an IPv4 address that are kept.</summary>
    public int V4Bits { get; }

    /// <summary>Bits of an IPv6 address that are kept.</summary>
    public int V6Bits { get; }

    /// <inheritdoc />
    public override string Description => $"ip-prefix(v4={V4Bits},v6={V6Bits})";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Text;

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>> Bind(ColumnDefinition column, int input, int output, Action<string> error) =>
        () => new TextRuleStage<IpPrefixRule>(input, output, new IpPrefixRule(V4Bits, V6Bits));
}
