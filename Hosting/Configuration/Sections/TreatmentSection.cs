using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the treatment of a field: a name, or an object with one key, a name and its options.</summary>
internal static partial class TreatmentSection
{
    private static readonly Rule<string> Purpose = Rules.Text(PurposePattern(), "1 to 64 characters of a-z A-Z 0-9 _ - . /");

    private static readonly Rule<TokenNormalisation> Normalise = Rules.Choice(
        ("none", TokenNormalisation.None), ("lowercase-ascii", TokenNormalisation.LowercaseAscii));

    /// <summary>The names, each with its reader; a reader returns null after a mistake.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Section, FieldTreatment?>> ByName =
        new SortedDictionary<string, Func<Section, FieldTreatment?>>(StringComparer.Ordinal)
        {
            ["bucket"] = Bucket,
            ["domain"] = section => new DomainTreatment(section.Get("keep-subdomains", Rules.Boolean, "false")),
            ["drop"] = _ => new DropTreatment(),
            ["ip-prefix"] = section => new IpPrefixTreatment(
                section.Get("v4", Rules.Integer(8, IpPrefixTreatment.MaxV4Bits), "24"),
                section.Get("v6", Rules.Integer(16, IpPrefixTreatment.MaxV6Bits), "48")),
            ["status-class"] = _ => new StatusClassTreatment(),
            ["token"] = section => new TokenTreatment(
                section.Get("purpose", Purpose, TokenTreatment.DefaultPurpose),
                section.Get("normalise", Normalise, "none")),
            ["truncate"] = section => new TruncateTreatment(
                section.Require("length", Rules.Integer(1, TruncateTreatment.MaxLength), 1)),
            ["user-agent-family"] = _ => new UserAgentFamilyTreatment(),
        };

    private static readonly string Allowed = $"one of {string.Join(", ", ByName.Keys)}, or an object with one of them and its options";

    public static FieldTreatment? Read(Section field)
    {
        if (field.Variant("treatment", Allowed) is not { } variant)
        {
            return null;
        }

        if (!ByName.TryGetValue(variant.Name, out var read))
        {
            field.Error("treatment", $"unknown treatment '{variant.Name}'{Suggestion.For(variant.Name, ByName.Keys)}; allowed is {Allowed}");
            return null;
        }

        var treatment = read(variant.Options);
        variant.Options.Done();
        return treatment;
    }

    private static BucketTreatment? Bucket(Section section)
    {
        const string Edges = "1 to 64 whole numbers, each above the one before";
        var edges = section.List("edges", Rules.Whole, null);
        if (!section.Has("edges"))
        {
            section.Missing("edges", Edges);
            return null;
        }

        var ascend = Enumerable.Range(1, Math.Max(0, edges.Count - 1)).All(i => edges[i - 1] < edges[i]);
        if (edges.Count is 0 or > BucketTreatment.MaxEdges || !ascend)
        {
            section.Error("edges", $"found {edges.Count} edges{(ascend ? string.Empty : " that do not ascend")}; allowed are {Edges}");
            return null;
        }

        return new BucketTreatment(edges);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_./-]{1,64}\z")]
    private static partial Regex PurposePattern();
}
