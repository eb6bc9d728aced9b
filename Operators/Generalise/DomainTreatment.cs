using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces a URL (a referrer) by its domain in lower case: <c>https://www.News.Example.com:8080/a?b=c</c> by
/// <c>example.com</c>. Path, query, user information, port and subdomains go, since they may name a person.</summary>
/// <remarks>A missing, empty or <c>-</c> value is missing; an IP address as host becomes <c>ip</c>; what is no http or https
/// URL with a name of two or more labels becomes <c>other</c>. The registrable part is approximated without a list
/// of public suffixes: the last two labels, or three under a two-letter country domain with a common second level
/// (<c>co.uk</c>, <c>com.au</c>).</remarks>
public sealed record DomainTreatment : GeneraliseTreatment
{
    /// <summary>A treatment.</summary>
    /// <param name="keepSubdomains">Whether the whole host name is kept, without a leading <c>www.</c>. Default: false.</param>
    public DomainTreatment(bool keepSubdomains = false) => KeepSubdomains = keepSubdomains;

    /// <summary>Whether the whole host name is kept.</summary>
    public bool KeepSubdomains { get; }

    /// <inheritdoc />
    public override string Description => $"domain(subdomains={(KeepSubdomains ? "keep" : "drop")})";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Text;

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>> Bind(ColumnDefinition column, int input, int output, Action<string> error) =>
        () => new TextRuleStage<DomainRule>(input, output, new DomainRule(KeepSubdomains));
}
