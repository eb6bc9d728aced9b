using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Configuration.Sections.Stages;
using AkkaPrivacy.Operators.Split;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.split</c>, and the branch of a query.</summary>
internal static class SplitSection
{
    private static readonly Rule<string> Value = new("a text", (Hocon.HoconScalar s, out string v) =>
    {
        v = s.Text;
        return true;
    });

    public static IReadOnlyList<BranchOptions> Read(IReadOnlyList<Section> sections) => [.. sections.Select(Read)];

    public static string? BranchOf(Section query, IReadOnlyList<BranchOptions> split)
    {
        if (!query.TryGet("branch", StageSection.FieldName with { Allowed = "a branch of pipeline.split" }, out var name))
        {
            return null;
        }

        if (split.Any(branch => branch.Name == name))
        {
            return name;
        }

        var names = split.Select(branch => branch.Name).ToList();
        query.Error("branch", $"found '{name}', which is no branch of pipeline.split{Suggestion.For(name, names)}; allowed are {string.Join(", ", names.DefaultIfEmpty("none, since there is no split"))}");
        return null;
    }

    private static BranchOptions Read(Section section)
    {
        var otherwise = section.Get("otherwise", Rules.Boolean, "false");
        var condition = new BranchCondition
        {
            Field = section.TryGet("field", StageSection.FieldName, out var field) ? field : null,
            In = section.List("in", Value),
            AtLeast = section.TryGet("at-least", Rules.Whole, out var least) ? least : null,
            AtMost = section.TryGet("at-most", Rules.Whole, out var most) ? most : null,
        };
        if (otherwise ? condition is not { Field: null, In.Count: 0, AtLeast: null, AtMost: null } : condition.Field is null)
        {
            section.Error("found " + (otherwise ? "a condition beside otherwise" : "no field") + "; allowed is either a field with its condition, or otherwise = true");
        }

        section.Done();
        return new BranchOptions(section.Name, condition, section.Place);
    }
}
