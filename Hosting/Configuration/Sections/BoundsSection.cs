using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the <c>bounds</c> of a query.</summary>
internal static class BoundsSection
{
    public static ContributionBounds Read(Section section, int windows, int groupByFields)
    {
        var perPeriod = Rules.Integer(1, windows);
        var bounds = new ContributionBounds
        {
            Groups = section.Get("groups", Rules.Integer(1, ContributionBounds.Largest), "1"),
            RowsPerGroup = section.Get("rows-per-group", Rules.Integer(1, ContributionBounds.Largest), "1"),
            Windows = section.Get("windows", perPeriod with { Allowed = $"{perPeriod.Allowed}, the windows of a period" }, "1"),
        };
        section.Done();
        if (groupByFields == 0 && bounds.Groups != 1)
        {
            section.Error("groups", $"found {bounds.Groups}; allowed is 1: a query without group-by has one group");
            return bounds with { Groups = 1 };
        }

        return bounds;
    }
}
