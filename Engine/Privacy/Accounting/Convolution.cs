using System.Numerics;
using System.Runtime.InteropServices;

namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>The convolution of sequences of positive numbers, term by term.</summary>
internal static class Convolution
{
    /// <summary>Convolves two sequences.</summary>
    /// <param name="left">A sequence, not empty.</param>
    /// <param name="right">A sequence, not empty.</param>
    /// <returns>The sums over i + j = n of left[i] right[j].</returns>
    public static double[] Of(double[] left, double[] right)
    {
        (double[] few, double[] many) = left.Length <= right.Length ? (left, right) : (right, left);
        var result = new double[few.Length + many.Length - 1];
        for (int i = 0; i < few.Length; i++)
        {
            if (few[i] > 0)
            {
                AddScaled(result.AsSpan(i, many.Length), many, few[i]);
            }
        }

        return result;
    }

    private static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        Span<Vector<double>> wideTarget = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> wideSource = MemoryMarshal.Cast<double, Vector<double>>(source);
        var wide = new Vector<double>(factor);
        for (int i = 0; i < wideTarget.Length; i++)
        {
            wideTarget[i] += wide * wideSource[i];
        }

        for (int i = wideTarget.Length * Vector<double>.Count; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }
}
