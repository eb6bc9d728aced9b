using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>Names the first part in which a published release is not the one of a receipt.</summary>
internal static class ReleaseDifference
{
    /// <summary>The part, or null where they are the same.</summary>
    public static string? Of(Release published, Release charged)
    {
        return published.Id != charged.Id ? "id"
            : published.Aggregate != charged.Aggregate ? "aggregate"
            : published.Mechanism != charged.Mechanism ? "mechanism"
            : !published.GroupBy.SequenceEqual(charged.GroupBy) ? "group_by"
            : published.Confidence.CompareTo(charged.Confidence) != 0 ? "confidence"
            : published.Groups.Count != charged.Groups.Count ? $"the number of groups, {published.Groups.Count} and {charged.Groups.Count}"
            : Group(published, charged) ?? (ReleaseJson.ToUtf8(published with { Groups = [] }).AsSpan().SequenceEqual(ReleaseJson.ToUtf8(charged with { Groups = [] })) ? null : "receipt");
    }

    private static string? Group(Release published, Release charged)
    {
        for (var i = 0; i < charged.Groups.Count; i++)
        {
            var (left, right) = (published.Groups[i], charged.Groups[i]);
            var field = !left.Key.SequenceEqual(right.Key) ? "key"
                : left.Value != right.Value ? "value"
                : left.Low != right.Low ? "low"
                : left.High != right.High ? "high"
                : !Nullable.Equals(left.StandardError, right.StandardError) ? "standard_error"
                : null;
            if (field is not null)
            {
                return $"{field} of group {i + 1}";
            }
        }

        return null;
    }
}
