using System.Diagnostics.CodeAnalysis;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Compares paths element by element.</summary>
internal sealed class PathComparer : IEqualityComparer<HoconPath>
{
    public static readonly PathComparer Instance = new();

    public bool Equals(HoconPath? x, HoconPath? y) =>
        x is null ? y is null : y is not null && x.Elements.AsSpan().SequenceEqual(y.Elements.AsSpan());

    public int GetHashCode([DisallowNull] HoconPath obj) => obj.Elements.Length;
}
