using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Throttle;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.throttle</c>.</summary>
internal static class ThrottleSection
{
    private static readonly Rule<double> Rows = Rules.Above(0, 1e9);
    private static readonly Rule<double> Bytes = Rules.Above(0, 1e12);

    public static ThrottleOptions? Read(Section section)
    {
        var options = new ThrottleOptions
        {
            RowsPerSecond = section.TryGet("rows-per-second", Rows, out var rows) ? rows : null,
            BytesPerSecond = section.TryGet("bytes-per-second", Bytes, out var bytes) ? bytes : null,
        };
        section.Done();
        return options is { RowsPerSecond: null, BytesPerSecond: null } ? null : options;
    }
}
