using Microsoft.Extensions.Configuration;

namespace AkkaPrivacy.Hosting.Hocon.Configuration;

/// <summary>Adds HOCON files to a configuration builder.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>Adds a HOCON file above the sources added so far.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file. A relative path starts at the working directory.</param>
    /// <param name="optional">Whether a missing file is taken as an empty one. Default: false.</param>
    /// <param name="overrides">Settings above the file, as from <c>--set</c>; the last one wins. Default: none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="HoconException">Thrown when the configuration is built: the file is missing and not optional, or has errors.</exception>
    public static IConfigurationBuilder AddHocon(
        this IConfigurationBuilder builder, string path, bool optional = false, IEnumerable<HoconOverride>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(new HoconConfigurationSource { Path = path, Optional = optional, Overrides = [.. overrides ?? []] });
    }
}
